// npm run build: everything that is installed or published, bundled into dist/.
// The daemon becomes one file, and the command one with its parts beside it: what root runs can be read, and needs no
// node_modules.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { build, transform } from "esbuild";
import { koffiBeside, koffiBinary } from "./build/koffi.mjs";
import { licenceTexts } from "./build/licences.mjs";
import { leaveOut } from "./build/leave-out.mjs";

const root = resolve(import.meta.dirname, "..");
const destination = resolve(process.argv[2] ?? join(root, "dist"));

// Packages in CommonJS ask for Node's own modules with require, which an ES module lacks.
const requireShim = `import { createRequire as makeRequire } from "node:module";\nconst require = makeRequire(import.meta.url);`;

const programs = [
  { from: "src/helper/main.ts", to: "helper.mjs", banner: requireShim },
  { from: "src/unit-generator/main.ts", to: "unit-generator.mjs", banner: requireShim },
  { from: "src/client/index.ts", to: "client.js" },
  { from: "testbed/cli.ts", to: "testbed.mjs" },
  { from: "demo/main.ts", to: "demo.mjs" },
  { from: "examples/hub/main.ts", to: "demo-hub.mjs" },
];

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  // A reviewer wants to read what root runs: nothing is minified.
  treeShaking: true,
  legalComments: "none",
  metafile: true,
  // One that fails must not leave the others writing.
  write: false,
  logLevel: "warning",
};

const bundle = ({ from, to, banner = "" }) =>
  build({
    ...shared,
    entryPoints: [from],
    outfile: join(outdir, to),
    banner: { js: banner },
    plugins: [koffiBeside(root, "./koffi.node"), leaveOut],
  });

/**
 * helperctl in parts: what `status` has no use for costs it as much as Node itself, only to be read. The parts become
 * CommonJS, which Node 20 loads in a fifth of the time that an ES module takes it.
 */
async function bundleCommand() {
  const { outputFiles, ...result } = await build({
    ...shared,
    entryPoints: { helperctl: "src/helperctl/main.ts" },
    outdir,
    outExtension: { ".js": ".cjs" },
    splitting: true,
    chunkNames: "helperctl/[name]-[hash]",
    plugins: [koffiBeside(root, "../koffi.node"), leaveOut],
  });
  return { ...result, outputFiles: await Promise.all(outputFiles.map(toCommonJs)) };
}

async function toCommonJs({ path, text }) {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20.19",
    supported: { "dynamic-import": false },
    // createRequire takes a path as well.
    define: { "import.meta.url": "__filename" },
  });
  return { path, contents: Buffer.from(code) };
}

const HASHBANG = Buffer.from("#!/usr/bin/env node\n");
const isCommand = (path) => path === join(outdir, "helperctl.cjs");

function write({ path, contents }) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, isCommand(path) ? Buffer.concat([HASHBANG, contents]) : contents);
}

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
  const results = await Promise.all([...programs.map(bundle), bundleCommand()]);
  for (const file of results.flatMap(({ outputFiles }) => outputFiles)) write(file);
  chmodSync(join(outdir, "helperctl.cjs"), 0o755);
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
