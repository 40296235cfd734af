import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Result, Testbed } from "../../testbed/index.ts";

const HELPERCTL = "/usr/bin/helperctl";

/** setpriv(1): an account with these groups and no other. */
const asAccount = (user: string, groups: readonly string[]): string[] => [
  "setpriv",
  `--reuid=${user}`,
  `--regid=${user}`,
  groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`,
];

/** Who runs the command; root if not given. */
export interface Caller {
  readonly user?: string;
  readonly groups?: readonly string[];
}

/** Runs helperctl to its end, in a pipe. What the helper logged before is in the journal by then. */
export async function helperctl(
  testbed: Testbed,
  args: readonly string[],
  { user, groups = [] }: Caller = {},
): Promise<Result> {
  await testbed.run(["journalctl", "--sync"]);
  const prefix = user === undefined ? [] : asAccount(user, groups);
  return testbed.run([...prefix, HELPERCTL, ...args], { check: false });
}

/** A helperctl that goes on by itself. */
export class Following {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(testbed: Testbed, args: readonly string[]) {
    this.#child = testbed.spawn([HELPERCTL, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const { stdout } = this.#child;
    if (stdout === null) throw new TypeError("No pipe.");
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** The next line that it prints. */
  async next(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) throw new Error("helperctl has ended");
    return next.value;
  }

  /** Sends it what Ctrl-C sends. @returns its exit status */
  async interrupt(): Promise<number | null> {
    const ended = once(this.#child, "close");
    this.#child.kill("SIGINT");
    return ((await ended) as [number | null])[0];
  }
}
