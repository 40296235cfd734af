import type { Complaint, LoadedUnit } from "./complaint.ts";
import { lintCredentials } from "./lints/credentials.ts";
import { lintEnvironmentFiles } from "./lints/environment-file.ts";
import { lintHome } from "./lints/home.ts";
import { lintNotify } from "./lints/notify.ts";
import { lintOom } from "./lints/oom.ts";
import { lintOpenedAsRoot } from "./lints/opened-as-root.ts";
import { lintPam } from "./lints/pam.ts";
import { lintReload } from "./lints/reload.ts";
import { lintShell } from "./lints/shell.ts";
import { lintType } from "./lints/type.ts";
import { lintUnread } from "./lints/unread.ts";
import { findRefusals, isWhole } from "./refusals.ts";

type Lint = (unit: LoadedUnit) => Complaint[];

const LINTS: readonly Lint[] = [
  lintShell,
  lintEnvironmentFiles,
  lintCredentials,
  lintOpenedAsRoot,
  lintType,
  lintNotify,
  lintPam,
  lintHome,
  lintOom,
  lintReload,
  lintUnread,
];

/** Everything that is wrong with one unit. */
export const judgeUnit = (unit: LoadedUnit): Complaint[] => [
  ...findRefusals(unit),
  ...(isWhole(unit) ? LINTS.flatMap((lint) => lint(unit)) : []),
];
