import type { Finding } from "../../../src/helperctl/finding.ts";
import type { UnitProperties } from "../../../src/helperctl/machine/machine.ts";
import type { PathFacts } from "../../../src/helperctl/doctor/look-at.ts";

export const codesOf = (findings: readonly Pick<Finding, "code">[]): string[] =>
  findings.map(({ code }) => code);

export const mendsOf = (findings: readonly Finding[]): (string | null)[] => findings.map(({ mend }) => mend);

/** helper.socket as it is when all is well. */
export const SOCKET_UNIT: UnitProperties = {
  Id: "helper.socket",
  LoadState: "loaded",
  ActiveState: "active",
  UnitFileState: "enabled",
  FragmentPath: "/usr/lib/systemd/system/helper.socket",
  DropInPaths: [],
  SocketUser: "root",
  SocketGroup: "hub-helper",
  SocketMode: 0o660,
};

export const SERVICE_UNIT: UnitProperties = {
  Id: "helper.service",
  LoadState: "loaded",
  ActiveState: "inactive",
  FragmentPath: "/usr/lib/systemd/system/helper.service",
  DropInPaths: [],
};

/** What belongs to root alone. */
export const lying = (path: string, facts: Partial<PathFacts> = {}): PathFacts => ({
  path,
  kind: "directory",
  uid: 0,
  gid: 0,
  mode: 0o700,
  ...facts,
});
