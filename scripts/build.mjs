// npm run build: everything that is installed or published, bundled into dist/.
// The daemon and the command become one file each: what root runs can be read, and needs no node_modules.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { koffiBeside, koffiBinary } from "./build/koffi.mjs";
import { licenceTexts } from "./build/licences.mjs";
import { leaveOut } from "./build/leave-out.mjs";

const root = resolve(import.meta.dirname, "..");
const destination = resolve(process.argv[2] ?? join(root, "dist"));

// Packages in CommonJS ask for Node's own modules with require, which an ES module lacks.
const requireShim = `import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);`;

const programs = [
  { from: "src/helper/main.ts", to: "helper.mjs", banner: requireShim },
  { from: "src/helperctl/main.ts", to: "helperctl.mjs", banner: `#!/usr/bin/env node\n${requireShim}` },
  { from: "src/client/index.ts", to: "client.js" },
  { from: "testbed/cli.ts", to: "testbed.mjs" },
  { from: "demo/main.ts", to: "demo.mjs" },
  { from: "examples/hub/main.ts", to: "demo-hub.mjs" },
];

const bundle = ({ from, to, banner = "" }) =>
  build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: join(outdir, to),
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    // A reviewer wants to read what root runs: nothing is minified.
    treeShaking: true,
    legalComments: "none",
    banner: { js: banner },
    plugins: [koffiBeside(root), leaveOut],
    metafile: true,
    // One that fails must not leave the others writing.
    write: false,
    logLevel: "warning",
  });

function emitTypes() {
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const options = ["-p", join(root, "tsconfig.client.json"), "--outDir", join(outdir, "types")];
  execFileSync(process.execPath, [tsc, ...options], { stdio: "inherit" });
}

/** The manual page and the completions, by a program that is not part of what is installed. */
async function writeDocuments() {
  const program = { from: "src/helperctl/manual/main.ts", to: "documents.mjs", banner: requireShim };
  const { outputFiles } = await bundle(program);
  const [{ path, contents }] = outputFiles;
  writeFileSync(path, contents);
  execFileSync(process.execPath, [path, outdir], { stdio: "inherit" });
  rmSync(path);
}

// Built aside, so that nobody who installs at the same moment finds half of it; in node_modules, which linters and
// git leave alone, unless another destination was named: that may be on another file system.
const outdir = mkdtempSync(
  process.argv[2] === undefined ? join(root, "node_modules/.dist-") : `${destination}-`,
);
try {
  const results = await Promise.all(programs.map(bundle));
  for (const file of results.flatMap(({ outputFiles }) => outputFiles))
    writeFileSync(file.path, file.contents);
  chmodSync(join(outdir, "helperctl.mjs"), 0o755);
  emitTypes();
  await writeDocuments();
  copyFileSync(koffiBinary(root), join(outdir, "koffi.node"));
  chmodSync(join(outdir, "koffi.node"), 0o644);
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(outdir, "THIRD-PARTY-LICENSES.txt"), licenceTexts(root, inputs));
  chmodSync(outdir, 0o755);
  rmSync(destination, { recursive: true, force: true });
  renameSync(outdir, destination);
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
