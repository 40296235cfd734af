import type { DescribeResult } from "../../protocol/results.ts";
import type { PathFacts } from "../doctor/look-at.ts";
import { lookAt, octal } from "../doctor/look-at.ts";
import { GROUP, HELPER_SERVICE, SOCKET_PATH } from "../doctor/names.ts";
import type { Finding, Severity } from "../finding.ts";
import { runProgram } from "../machine/program.ts";
import type { SandboxScore } from "../machine/sandbox-score.ts";
import { sandboxScore } from "../machine/sandbox-score.ts";
import { glance } from "./glance.ts";
import { gidOfSocket } from "./group-of-socket.ts";

/** The socket as it lies on disk. */
export interface ShownSocket {
  readonly path: string;
  /** A name; the number where it is none of those that are expected. */
  readonly owner: string;
  readonly group: string;
  /** Permission bits, as octal digits: `0660`. */
  readonly mode: string;
}

/** What root is shown beside what the helper says of itself. */
export interface ShownMachine {
  /** Null: there is none. */
  readonly socket: ShownSocket | null;
  /** Null: systemd-analyze cannot say. */
  readonly sandbox: SandboxScore | null;
  /** How much of what `helperctl doctor` would find is seen at a glance. */
  readonly doctor: { readonly errors: number; readonly warnings: number };
}

/** Whatever is wrong with the socket is a finding: here names are for those that are right. */
function showSocket(socket: PathFacts | null, gidWanted: number | null): ShownSocket | null {
  if (socket?.kind !== "socket") return null;
  const { path, uid, gid, mode } = socket;
  return {
    path,
    owner: uid === 0 ? "root" : String(uid),
    group: gid === gidWanted ? GROUP : String(gid),
    mode: octal(mode),
  };
}

const count = (findings: readonly Finding[], wanted: Severity): number =>
  findings.filter(({ severity }) => severity === wanted).length;

/** Begins the look at the machine, before the helper is asked. It ends once there is an answer. */
export function beginLook(nowMs: number): (description: DescribeResult) => Promise<ShownMachine> {
  const scoring = sandboxScore({ run: runProgram }, HELPER_SERVICE);
  // Where the helper does not answer nobody waits for it any more; what is wrong is told then.
  scoring.catch(() => undefined);
  return async ({ policy }) => {
    const gid = await gidOfSocket();
    const socket = lookAt(SOCKET_PATH);
    const findings = glance({
      socket,
      gid,
      loadedAtMs: policy === undefined ? null : nowMs - policy.ageSeconds * 1000,
    });
    return {
      socket: showSocket(socket, gid),
      sandbox: await scoring,
      doctor: { errors: count(findings, "error"), warnings: count(findings, "warning") },
    };
  };
}
