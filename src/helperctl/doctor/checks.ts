import type { Check } from "./check.ts";
import { bus } from "./checks/bus.ts";
import { cgroups } from "./checks/cgroups.ts";
import { clock } from "./checks/clock.ts";
import { disk } from "./checks/disk.ts";
import { files } from "./checks/files.ts";
import { hub } from "./checks/hub.ts";
import { journal } from "./checks/journal.ts";
import { pam } from "./checks/pam.ts";
import { policy } from "./checks/policy.ts";
import { polkit } from "./checks/polkit.ts";
import { sandbox } from "./checks/sandbox.ts";
import { socket } from "./checks/socket.ts";
import { staging } from "./checks/staging.ts";
import { sudoers } from "./checks/sudoers.ts";
import { units } from "./checks/units.ts";
import { versions } from "./checks/versions.ts";

/** All that the doctor looks at, in the order in which it tells of it: what others rest on comes first. */
export const CHECKS: readonly Check[] = [
  bus,
  versions,
  units,
  files,
  socket,
  staging,
  sandbox,
  policy,
  hub,
  pam,
  sudoers,
  polkit,
  journal,
  cgroups,
  clock,
  disk,
];
