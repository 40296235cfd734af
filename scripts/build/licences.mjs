import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// koffi comes as a binary, so no bundle names it; these are compiled into it.
const COMPILED_IN = [
  "node_modules/koffi",
  "node_modules/koffi/vendor/node-addon-api",
  "node_modules/koffi/vendor/node-api-headers",
];

const packageOf = (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];

function section(root, folder) {
  const files = readdirSync(join(root, folder));
  const licence = files.filter((name) => /^licen[cs]e(\.|$)/i.test(name)).sort()[0];
  if (licence === undefined) throw new Error(`${folder} carries no licence text`);
  const { name, version } = files.includes("package.json")
    ? JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))
    : { name: folder.split("/").at(-1), version: "" };
  const title = `${name} ${version}`.trim();
  return `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(join(root, folder, licence), "utf8").trim()}\n`;
}

/** The licence of every package that went into a bundle: BSD and MIT ask for it to travel along. */
export function licenceTexts(root, inputs) {
  const folders = new Set([...inputs.map(packageOf).filter((found) => found !== undefined), ...COMPILED_IN]);
  return [...folders]
    .sort()
    .map((folder) => section(root, folder))
    .join("\n\n");
}
