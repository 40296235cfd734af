import { build, type Plugin } from "esbuild";
import { join } from "node:path";
import { CommandFailed, type Testbed } from "../../testbed/index.ts";

/** For programs that use parts of the helper: the binary that scripts/install put there. */
const installedKoffi: Plugin = {
  name: "installed-koffi",
  setup(bundle) {
    bundle.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "installed" }));
    bundle.onLoad({ filter: /.*/, namespace: "installed" }, () => ({
      contents: `import { createRequire } from "node:module";
        export default createRequire(import.meta.url)("/usr/lib/hub-helper/koffi.node");`,
    }));
  },
};

const put = new WeakMap<Testbed, Map<string, Promise<string[]>>>();

/** Puts one of test/system/programs into the testbed, once, and gives the command line that runs it. */
export function putProgram(testbed: Testbed, name: string): Promise<string[]> {
  const here = put.get(testbed) ?? new Map<string, Promise<string[]>>();
  put.set(testbed, here);
  const argv = here.get(name) ?? bundleInto(testbed, name);
  here.set(name, argv);
  return argv;
}

async function bundleInto(testbed: Testbed, name: string): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "programs", `${name}.ts`)],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node20.19",
    plugins: [installedKoffi],
  });
  const path = `/opt/programs/${name}.mjs`;
  await testbed.write(path, outputFiles[0]?.text ?? "");
  return ["node", path];
}

export interface ProgramOptions {
  /** "jupyter" if not given. */
  readonly user?: string;
  readonly timeoutMs?: number;
}

/** Runs one of test/system/programs to its end and gives the JSON that it printed. */
export async function runProgram<T>(
  testbed: Testbed,
  name: string,
  args: readonly (string | number)[] = [],
  { user = "jupyter", timeoutMs = 240_000 }: ProgramOptions = {},
): Promise<T> {
  const argv = [...(await putProgram(testbed, name)), ...args.map(String)];
  const result = await testbed.run(argv, { user, timeoutMs });
  // A report cut short must not pass for a whole one.
  if (!result.stdout.endsWith("\n")) throw new CommandFailed(argv, result, "no report");
  return JSON.parse(result.stdout) as T;
}
