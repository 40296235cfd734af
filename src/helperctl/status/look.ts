import type { DescribeResult } from "../../protocol/results.ts";
import type { PathFacts } from "../doctor/look-at.ts";
import { lookAt, octal } from "../doctor/look-at.ts";
import { GROUP, HELPER_SERVICE, HELPER_SOCKET, SOCKET_PATH } from "../doctor/names.ts";
import type { Finding, Severity } from "../finding.ts";
import { Accounts } from "../machine/accounts.ts";
import type { GroupEntry } from "../machine/accounts.ts";
import { runProgram } from "../machine/program.ts";
import type { SandboxScore } from "../machine/sandbox-score.ts";
import { sandboxScore } from "../machine/sandbox-score.ts";
import { showUnits } from "../machine/show-units.ts";
import { glance } from "./glance.ts";

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
  /** Names of the uids among the last refusals, those that have one. */
  readonly names: ReadonlyMap<number, string>;
}

/** Whatever is wrong with the socket is a finding: here names are for those that are right. */
function showSocket(socket: PathFacts | null, group: GroupEntry | null): ShownSocket | null {
  if (socket?.kind !== "socket") return null;
  const { path, uid, gid, mode } = socket;
  return {
    path,
    owner: uid === 0 ? "root" : String(uid),
    group: gid === group?.gid ? group.name : String(gid),
    mode: octal(mode),
  };
}

async function namesOf(
  accounts: Accounts,
  { lastRefusals = [] }: DescribeResult,
): Promise<ReadonlyMap<number, string>> {
  const uids = lastRefusals.flatMap(({ peerUid }) => (peerUid === null ? [] : [peerUid]));
  const entries = await accounts.users([...new Set(uids)]);
  return new Map(entries.map(({ uid, name }) => [uid, name]));
}

const count = (findings: readonly Finding[], wanted: Severity): number =>
  findings.filter(({ severity }) => severity === wanted).length;

/** Looks at the machine while the helper is asked. What it gives is the rest of the look, once there is an answer. */
export function beginLook(): (description: DescribeResult) => Promise<ShownMachine> {
  const accounts = new Accounts();
  const run = { run: runProgram };
  const looks = Promise.all([
    sandboxScore(run, HELPER_SERVICE),
    showUnits(run, [HELPER_SOCKET, HELPER_SERVICE]),
    accounts.group(GROUP),
  ]);
  // Where the helper does not answer nobody waits for them any more; what is wrong is told then.
  looks.catch(() => undefined);
  return async (description) => {
    const names = namesOf(accounts, description);
    const socket = lookAt(SOCKET_PATH);
    const [sandbox, units, group] = await looks;
    const findings = glance({
      units,
      socket,
      gid: group?.gid ?? null,
      hash: description.policy?.hash ?? null,
    });
    return {
      socket: showSocket(socket, group),
      sandbox,
      doctor: { errors: count(findings, "error"), warnings: count(findings, "warning") },
      names: await names,
    };
  };
}
