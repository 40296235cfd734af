import { displayWidth } from "../columns.ts";
import type { Run } from "../command.ts";
import type { Diagnosis, Outcome } from "../doctor/check.ts";
import { diagnose } from "../doctor/diagnose.ts";
import type { Finding } from "../finding.ts";
import { renderFinding, statusOf, tally } from "../finding.ts";
import { harmlessJson } from "../harmless.ts";
import { withMachine } from "../machine/with-machine.ts";
import type { Role, Screen } from "../screen.ts";
import { paint } from "../screen.ts";

/** What `doctor --json` prints. */
export interface DoctorReport {
  readonly checks: readonly Diagnosis[];
  readonly errors: number;
  readonly warnings: number;
}

const LOOKS: Readonly<Record<Outcome, { readonly word: string; readonly role: Role }>> = {
  ok: { word: "ok", role: "good" },
  note: { word: "note", role: "aside" },
  warning: { word: "warning", role: "warning" },
  error: { word: "error", role: "bad" },
  "left-out": { word: "left out", role: "aside" },
};

const WIDEST = Math.max(...Object.values(LOOKS).map(({ word }) => displayWidth(word)));
const INDENT = "  ";

function renderCheck(screen: Screen, { outcome, title, findings }: Diagnosis): string {
  const { word, role } = LOOKS[outcome];
  const head = `${paint(screen, role, word)}${" ".repeat(WIDEST - displayWidth(word))}  ${title}\n`;
  const narrower = { ...screen, columns: screen.columns === null ? null : screen.columns - INDENT.length };
  const below = findings.flatMap((finding) => renderFinding(narrower, finding).trimEnd().split("\n"));
  return head + below.map((line) => `${INDENT}${line}\n`).join("");
}

const count = (findings: readonly Finding[], severity: Finding["severity"]): number =>
  findings.filter((finding) => finding.severity === severity).length;

function render(screen: Screen, diagnoses: readonly Diagnosis[], findings: readonly Finding[]): string {
  const leftOut = diagnoses.some(({ outcome }) => outcome === "left-out")
    ? "; what was left out, root can see"
    : "";
  const checks = diagnoses.map((each) => renderCheck(screen, each)).join("");
  return `${checks}\n${paint(screen, "title", tally(findings))}${leftOut}\n`;
}

/** Looks the whole installation over. */
export const doctor: Run = async ({ flags }, surroundings) => {
  const diagnoses = await withMachine(surroundings, (machine) => diagnose(surroundings, machine));
  const findings = diagnoses.flatMap((each) => each.findings);
  const report: DoctorReport = {
    checks: diagnoses,
    errors: count(findings, "error"),
    warnings: count(findings, "warning"),
  };
  const { print, screen } = surroundings;
  print(flags.has("json") ? harmlessJson(report) : render(screen, diagnoses, findings));
  return statusOf(findings, flags.has("strict"));
};
