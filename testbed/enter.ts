import type { ChildProcess, StdioNull, StdioPipe } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { childrenOf } from "./leader.ts";
import { isMissing } from "./missing.ts";
import { HOLDER_UNIT } from "./seed.ts";

export interface EnterOptions {
  /** An account of the container; root if not given. */
  readonly user?: string;
  /** On top of HOME, USER, LOGNAME, SHELL, PATH and LANG=C.UTF-8. */
  readonly env?: Readonly<Record<string, string>>;
  /** "/" if not given. */
  readonly cwd?: string;
}

type StandardStream = StdioPipe | StdioNull | "inherit" | number;
/** For standard input, output and error. */
export type Stdio = readonly [StandardStream, StandardStream, StandardStream];

const NAMESPACES = ["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup"];
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/*
 * Entering a cgroup namespace does not enter a cgroup. Descriptor 3 is the holder unit's cgroup.procs, opened on the
 * outside, because from the inside of the namespace nobody may fetch a process from without.
 */
const JOIN = String.raw`
umask 022
echo 0 >&3 && exec 3>&- || exit 125
user=$1; shift
# Each program that is run costs time, thousands of times in a run of the tests. Root needs none of them.
if [ "$user" = root ]; then exec env -i HOME=/root USER=root LOGNAME=root SHELL=/bin/bash TERM="$TERM" "$@"; fi
group=$(id -g "$user") || exit 125
exec setpriv --reuid "$user" --regid "$group" --init-groups --reset-env env "$@"
`;

/** Runs a program inside the container: all its namespaces, and the cgroup of the holder unit. */
export function enter(
  leader: number,
  unified: string,
  argv: readonly string[],
  { user = "root", env = {}, cwd = "/" }: EnterOptions,
  stdio: Stdio,
): ChildProcess {
  const variables = Object.entries({ PATH, LANG: "C.UTF-8", ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  const members = openSync(membersOf(leader, unified), "w");
  try {
    const child = spawn(
      "nsenter",
      [
        `--target=${leader}`,
        ...NAMESPACES,
        "--",
        "sh",
        "-c",
        JOIN,
        "join",
        user,
        `--chdir=${cwd}`,
        ...variables,
        ...argv,
      ],
      {
        stdio: [...stdio, members],
        env: { PATH: process.env["PATH"] ?? PATH, TERM: process.env["TERM"] ?? "dumb" },
      },
    );
    return deliverSignalsInside(child);
  } finally {
    closeSync(members);
  }
}

const membersOf = (leader: number, unified: string): string =>
  join(unified, holderGroup(leader), "cgroup.procs");

/** Kills what was run inside and has not ended. The holder unit's own process, the first in its group, stays. */
export function endStrays(leader: number, unified: string): void {
  const members = readFileSync(membersOf(leader, unified), "utf8").split("\n").filter(Boolean).map(Number);
  const own = new Set(childrenOf(leader));
  const holder = Math.min(...members.filter((pid) => own.has(pid) && isHolder(pid)));
  for (const pid of members) {
    if (pid === holder) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // It ended by itself.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function isHolder(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "/bin/sleep\0infinity\0";
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** PID 1 sits in PAYLOAD/init.scope, see cgroups(7) for the line that begins with "0::". */
function holderGroup(leader: number): string {
  const own = /^0::(.*)$/m.exec(readFileSync(`/proc/${leader}/cgroup`, "utf8"))?.[1];
  if (own === undefined) throw new Error("The container's PID 1 is in no cgroup2 group.");
  return join(dirname(own), "system.slice", HOLDER_UNIT);
}

/** nsenter forks to enter a PID namespace. It reports its child's end as its own, but hands no signal on. */
function deliverSignalsInside(child: ChildProcess): ChildProcess {
  const killWaiter = child.kill.bind(child);
  child.kill = (signal) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    const inside = childrenOf(child.pid)[0];
    return inside === undefined ? killWaiter(signal) : process.kill(inside, signal);
  };
  return child;
}
