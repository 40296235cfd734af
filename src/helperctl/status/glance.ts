import { ROOMS } from "../../helper/credentials/run-tree.ts";
import { POLICY_PATHS } from "../../policy/paths.ts";
import { ROOT_ALONE } from "../../policy/open-safely.ts";
import { hashFiles, readFiles } from "../../policy/read-files.ts";
import type { UnitProperties } from "../../helper/systemd/inspector.ts";
import { judgeSocket } from "../doctor/checks/socket.ts";
import { judgeStaging } from "../doctor/checks/staging.ts";
import { judgeUnits } from "../doctor/checks/units.ts";
import type { PathFacts } from "../doctor/look-at.ts";
import { lookAt } from "../doctor/look-at.ts";
import { HELPER_SERVICE, HELPER_SOCKET, RUN_DIRECTORY } from "../doctor/names.ts";
import type { Finding } from "../finding.ts";

/** What is known already when the glance is taken. */
export interface Glimpse {
  readonly units: ReadonlyMap<string, UnitProperties>;
  readonly socket: PathFacts | null;
  /** The gid of the group that may connect; null: there is no such group. */
  readonly gid: number | null;
  /** The hash of the policy in force; null: the helper did not say. */
  readonly hash: string | null;
}

function glanceAtStaging(): Finding[] {
  const paths = ROOMS.map((room) => `${RUN_DIRECTORY}/${room}`);
  const rooms = paths.map((path) => [path, lookAt(path)] as const);
  return judgeStaging(lookAt(RUN_DIRECTORY), new Map(rooms));
}

/** The files are read and hashed, and not judged: what is wrong in them the helper has said when it loaded them. */
function glanceAtPolicy(hash: string | null): Finding[] {
  const { files, problems } = readFiles(POLICY_PATHS, ROOT_ALONE);
  const untrusted = problems.map(({ text, file }): Finding => ({
    code: "policy-file",
    severity: "error",
    text,
    file,
    mend: null,
  }));
  if (untrusted.length > 0 || hash === null || hashFiles(files) === hash) return untrusted;
  const text = "the helper decides by an older policy than the one on disk";
  return [{ code: "policy-not-in-force", severity: "warning", text, mend: null }];
}

/**
 * What `helperctl doctor` would say of the things that can be seen at once: the helper's units, its socket, its
 * directories, and whether the policy on disk is the one in force. No bus, no units of servers, nothing slow.
 */
export function glance({ units, socket, gid, hash }: Glimpse): Finding[] {
  const nothing: UnitProperties = { LoadState: "not-found" };
  const socketUnit = units.get(HELPER_SOCKET) ?? nothing;
  return [
    ...judgeUnits(socketUnit, units.get(HELPER_SERVICE) ?? nothing),
    ...judgeSocket({ socket, gid, unit: socketUnit, assignments: [] }),
    ...glanceAtStaging(),
    ...glanceAtPolicy(hash),
  ];
}
