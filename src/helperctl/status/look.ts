import type { DescribeResult } from "../../protocol/results.ts";
import type { Surroundings } from "../command.ts";
import { contextOf } from "../doctor/context.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { PathFacts } from "../doctor/look-at.ts";
import { lookAt } from "../doctor/look-at.ts";
import { HELPER_SERVICE, SOCKET_PATH } from "../doctor/names.ts";
import type { Finding, Severity } from "../finding.ts";
import { AccountNames } from "../log/account-names.ts";
import type { Machine } from "../machine/machine.ts";
import type { SandboxScore } from "../machine/sandbox-score.ts";
import { sandboxScore } from "../machine/sandbox-score.ts";
import { withMachine } from "../machine/with-machine.ts";

/** The socket as it lies on disk. */
export interface ShownSocket {
  readonly path: string;
  /** A name; the number where it has none. */
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
  /** How much `helperctl doctor` would find, less what takes it long. */
  readonly doctor: { readonly errors: number; readonly warnings: number };
  /** Names of the uids among the last refusals, those that have one. */
  readonly names: ReadonlyMap<number, string>;
}

async function showSocket({ accounts }: Machine, socket: PathFacts | null): Promise<ShownSocket | null> {
  if (socket?.kind !== "socket") return null;
  const [owner, group] = await Promise.all([accounts.user(socket.uid), accounts.group(socket.gid)]);
  return {
    path: socket.path,
    owner: owner?.name ?? String(socket.uid),
    group: group?.name ?? String(socket.gid),
    mode: socket.mode.toString(8).padStart(4, "0"),
  };
}

async function namesOf(
  { accounts }: Machine,
  description: Promise<DescribeResult>,
): Promise<Map<number, string>> {
  const names = new AccountNames(accounts);
  const uids = new Set(((await description).lastRefusals ?? []).map(({ peerUid }) => peerUid));
  const found = await Promise.all(
    [...uids].filter((uid) => uid !== null).map(async (uid) => [uid, await names.of(uid)] as const),
  );
  return new Map(found.filter((entry): entry is readonly [number, string] => entry[1] !== null));
}

const count = (findings: readonly Finding[], wanted: Severity): number =>
  findings.filter(({ severity }) => severity === wanted).length;

/** Looks at the machine while the helper answers: root waits for whichever takes longer, and not for both. */
export const lookAtMachine = (
  surroundings: Surroundings,
  description: Promise<DescribeResult>,
): Promise<ShownMachine> =>
  withMachine(surroundings, async (machine) => {
    const context = contextOf({
      machine,
      ground: await surroundings.policyGround(),
      isRoot: true,
      isBrief: true,
      nowMs: surroundings.nowMs(),
      ask: () => description,
    });
    const [socket, sandbox, diagnoses, names] = await Promise.all([
      lookAt(SOCKET_PATH).then((found) => showSocket(machine, found)),
      sandboxScore(machine, HELPER_SERVICE),
      diagnose(context),
      namesOf(machine, description),
    ]);
    const findings = diagnoses.flatMap((each) => each.findings);
    return {
      socket,
      sandbox,
      doctor: { errors: count(findings, "error"), warnings: count(findings, "warning") },
      names,
    };
  });
