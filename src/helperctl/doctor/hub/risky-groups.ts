import type { Severity } from "../../finding.ts";

/** What being in a group comes to, for somebody who has taken over the hub. */
export interface Risk {
  readonly severity: Severity;
  readonly harm: string;
}

const root = (by: string): Risk => ({
  severity: "warning",
  harm: `its members are as good as root, by ${by}`,
});

/** Groups that a hub has no use for, by the names that distributions give them. */
export const RISKY_GROUPS: Readonly<Record<string, Risk>> = {
  root: { severity: "warning", harm: "what root's group may read or write is open to it" },
  sudo: root("sudo"),
  wheel: root("sudo"),
  admin: root("sudo"),
  docker: root("containers that mount the whole disk"),
  podman: root("containers that mount the whole disk"),
  lxd: root("containers that mount the whole disk"),
  incus: root("containers that mount the whole disk"),
  "incus-admin": root("containers that mount the whole disk"),
  libvirt: root("virtual machines that have the whole disk"),
  disk: root("the devices of the disks"),
  kmem: root("the memory of the kernel"),
  adm: { severity: "warning", harm: "its members read the logs of the whole machine" },
  // unix_chkpwd is setuid, which NoNewPrivileges= forbids: a hub that checks passwords itself needs the group.
  shadow: {
    severity: "note",
    harm: "its members read the hashes of all passwords; only logins through PAM need that",
  },
};
