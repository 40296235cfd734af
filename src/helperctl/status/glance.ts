import { lstatSync } from "node:fs";
import { POLICY_PATHS } from "../../policy/paths.ts";
import { judgeSocket } from "../doctor/judge-socket.ts";
import { examineStaging } from "../doctor/checks/staging.ts";
import type { PathFacts } from "../doctor/look-at.ts";
import { HELPER_SOCKET } from "../doctor/names.ts";
import type { Finding } from "../finding.ts";
import { isSocketEnabled } from "./units-on-disk.ts";

/** What is known already when the glance is taken. */
export interface Glimpse {
  readonly socket: PathFacts | null;
  /** The gid of the group that may connect; null: there is no such group. */
  readonly gid: number | null;
  /** When the policy in force was loaded, in milliseconds since 1970; null: the helper did not say. */
  readonly loadedAtMs: number | null;
}

function glanceAtUnits(): Finding[] {
  if (isSocketEnabled()) return [];
  const text = "it is not enabled: after the next boot nobody will be served";
  return [{ code: "socket-not-enabled", severity: "error", unit: HELPER_SOCKET, text, mend: null }];
}

/** By its time alone: what stands in it the helper judged when it loaded it, and doctor compares the two. */
function glanceAtPolicy(loadedAtMs: number | null): Finding[] {
  const { file } = POLICY_PATHS;
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined)
    return [{ code: "policy-file", severity: "error", file, text: "it is missing", mend: null }];
  if (loadedAtMs === null || stat.mtimeMs <= loadedAtMs) return [];
  const text = "it was written after the helper had loaded it";
  return [{ code: "policy-not-in-force", severity: "warning", file, text, mend: null }];
}

/**
 * What `helperctl doctor` would say of the things that can be seen at once: whether the socket is enabled and who may
 * connect to it, the helper's directories, and whether the policy was written since it was loaded. No bus, no units of
 * servers, nothing slow.
 */
export const glance = ({ socket, gid, loadedAtMs }: Glimpse): Finding[] => [
  ...glanceAtUnits(),
  ...judgeSocket({ socket, gid, unit: null, assignments: [] }),
  // Only root takes this glance.
  ...examineStaging(true),
  ...glanceAtPolicy(loadedAtMs),
];
