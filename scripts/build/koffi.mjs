import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The binary of koffi for this machine. */
export function koffiBinary(root) {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const libc = glibcVersionRuntime === undefined ? "musl" : "linux";
  const abi = { riscv64: "riscv64d", arm: "armhf" }[process.arch] ?? process.arch;
  return join(root, "node_modules/@koromix", `koffi-linux-${process.arch}`, `${libc}_${abi}`, "koffi.node");
}

/**
 * Bundles koffi as the binary that lies at a path as seen from the program's file. Its own loader looks in several places, some below
 * node_modules; root should load one file, from one place.
 */
export const koffiBeside = (root, path) => ({
  name: "koffi-beside",
  setup(build) {
    const { version } = JSON.parse(readFileSync(join(root, "node_modules/koffi/package.json"), "utf8"));
    build.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi.node", namespace: "beside" }));
    build.onLoad({ filter: /.*/, namespace: "beside" }, () => ({
      contents: `
        import { createRequire } from "node:module";
        const koffi = createRequire(import.meta.url)("${path}");
        if (koffi.version !== "${version}") throw new Error("koffi.node is not version ${version}: install again");
        export default koffi;`,
    }));
  },
});
