import { dirname } from "node:path";

// Parts of our packages that we never call. Left out, they are nothing that a reviewer must read or root could run.
const failing = (what) => `throw new Error("${what} is left out of this program")`;
const UNUSED = [
  {
    module: "fast-xml-parser", // introspection; our interfaces are known, but a connection makes a parser all the same
    importer: "dbus-next",
    contents: `export class XMLParser { parse() { ${failing("the XML parser")}; } }`,
  },
  {
    module: "fast-xml-builder", // likewise
    importer: "dbus-next",
    // Each connection makes one, and would use it only to answer somebody's introspection of us.
    contents: `export default class Builder { build() { ${failing("the XML builder")}; } }`,
  },
  {
    module: "node:child_process", // unixexec: addresses, and macOS
    importer: "dbus-next",
    contents: ["execFile", "spawn"]
      .map((name) => `export function ${name}() { ${failing(`child_process.${name}`)}; }`)
      .join("\n"),
  },
  {
    module: "thread-stream", // transports in worker threads; our log lines are written synchronously
    importer: "pino",
    contents: `module.exports = class { constructor() { ${failing("thread-stream")}; } };`,
  },
];

const unused = ({ path, importer }) =>
  UNUSED.findIndex((entry) => entry.module === path && importer.includes(`/node_modules/${entry.importer}/`));

export const leaveOut = {
  name: "leave-out",
  setup(build) {
    build.onResolve({ filter: /^(fast-xml-|node:child_process$|thread-stream$)/ }, (args) => {
      const at = unused(args);
      return at === -1 ? undefined : { path: args.path, namespace: "left-out", pluginData: { at } };
    });
    build.onLoad({ filter: /.*/, namespace: "left-out" }, ({ pluginData }) => ({
      contents: UNUSED[pluginData.at].contents,
      resolveDir: dirname(import.meta.dirname),
    }));
  },
};
