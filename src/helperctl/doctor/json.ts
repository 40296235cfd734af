import type { Finding } from "../finding.ts";
import type { Diagnosis, Hindrance } from "./diagnose.ts";

/** What `doctor --json` prints. */
export interface DoctorJson {
  /** One for each thing that was looked at, in a fixed order. */
  readonly checks: readonly {
    /** Stable. */
    readonly name: string;
    /** Whether nothing was found that is worse than a note; null where nothing was looked at. */
    readonly ok: boolean | null;
    /** Why it was left out, wholly or in part: only root can see it (`root`), or systemd cannot be asked (`bus`). */
    readonly leftOut: Hindrance | null;
  }[];
  /** Everything that was found, each with the name of its check. */
  readonly findings: readonly (Finding & { readonly check: string })[];
}

const isNote = ({ severity }: Finding): boolean => severity === "note";

export const doctorJson = (diagnoses: readonly Diagnosis[]): DoctorJson => ({
  checks: diagnoses.map(({ check, findings, hindrance }) => ({
    name: check.name,
    ok: hindrance !== null && findings.length === 0 ? null : findings.every(isNote),
    leftOut: hindrance,
  })),
  findings: diagnoses.flatMap(({ check, findings }) =>
    findings.map((finding) => ({ check: check.name, ...finding })),
  ),
});
