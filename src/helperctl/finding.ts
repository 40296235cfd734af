import { displayWidth } from "./columns.ts";
import type { ExitStatus } from "./exit-status.ts";
import { EXIT } from "./exit-status.ts";
import { foldCommand, foldText } from "./fold.ts";
import { harmless } from "./harmless.ts";
import type { Role, Screen } from "./screen.ts";
import { paint } from "./screen.ts";

/** `error`: something does not work, or is not safe. `warning`: it works and smells. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** One thing that is wrong with the set-up. */
export interface Finding {
  /** What kind of thing, in words with `-` between them: stable, for programs. */
  readonly code: string;
  readonly severity: Severity;
  /** A sentence, that says what is wrong and what comes of it. */
  readonly text: string;
  /** The unit that it is about. */
  readonly unit?: string;
  /** All that it is about, where they are several. */
  readonly units?: readonly string[];
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
  /** A command line for root that mends it; null where no command can. */
  readonly mend: string | null;
}

const ROLES: Readonly<Record<Severity, Role>> = { error: "bad", warning: "warning", note: "aside" };

/** `file:line:column`, or the unit, or nothing. */
function placeOf({ file, line, column, unit }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return place === "" ? (unit ?? "") : place;
}

const label = (screen: Screen, { severity }: Finding): string => paint(screen, ROLES[severity], severity);

/** Lines below the first of a finding stand so far to the right. */
const INDENT = "    ";
const MEND = "mend: ";
/** On a terminal that is narrower than this nothing looks good. */
const NARROWEST = 40;

const widthOf = ({ columns }: Screen): number => Math.max(columns ?? Infinity, NARROWEST);

function mendLines(screen: Screen, mend: string | null): string[] {
  if (mend === null) return [];
  const [first = "", ...more] = foldCommand(harmless(mend), widthOf(screen) - INDENT.length - MEND.length);
  const begun = `${INDENT}${paint(screen, "aside", MEND.trimEnd())} ${first}`;
  return [begun, ...more.map((line) => `${INDENT}  ${line}`)];
}

/**
 * `place: severity: text`, and below it, indented, an excerpt of the file and the command that mends it. On a
 * terminal lines are broken where they would not fit. The excerpt is harmless already.
 */
export function renderFinding(screen: Screen, finding: Finding, excerpt: readonly string[] = []): string {
  const place = placeOf(finding);
  const before = place === "" ? "" : `${harmless(place)}: `;
  const head = `${before}${finding.severity}: `;
  const width = widthOf(screen);
  // The place stays whole, so that it can be followed; a text that would begin at the edge begins below it.
  const room = Math.max(0, width - displayWidth(head));
  const lines = foldText(harmless(finding.text), width - INDENT.length, room);
  const [first = "", ...more] = lines;
  const begun = `${before}${label(screen, finding)}: ${first}`.trimEnd();
  return [begun, ...more.map((line) => `${INDENT}${line}`), ...excerpt, ...mendLines(screen, finding.mend)]
    .map((line) => `${line}\n`)
    .join("");
}

const ORDER: readonly Severity[] = ["error", "warning", "note"];

/** The gravest first; within one severity as they came. */
export const sortFindings = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `2 errors, 1 warning`; notes are not counted. */
export const tally = (findings: readonly Finding[]): string =>
  (["error", "warning"] as const)
    .map((severity) => counted(findings.filter((each) => each.severity === severity).length, severity))
    .join(", ");

/** Errors are a no; so are warnings where the caller is strict. */
export const statusOf = (findings: readonly Finding[], isStrict: boolean): ExitStatus =>
  findings.some(({ severity }) => severity === "error" || (isStrict && severity === "warning"))
    ? EXIT.no
    : EXIT.yes;
