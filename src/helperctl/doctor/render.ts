import { alignColumns } from "../columns.ts";
import type { Cell } from "../columns.ts";
import type { Finding, Severity } from "../finding.ts";
import { counted, renderFinding, sortFindings, tally } from "../finding.ts";
import { foldText } from "../fold.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import type { Diagnosis, Hindrance } from "./diagnose.ts";

const INDENT = "    ";

/** What a line begins with; the findings below it say the same in words. */
const MARKS: Readonly<Record<Severity, Cell>> = {
  error: { text: "✗", role: "bad" },
  warning: { text: "!", role: "warning" },
  note: { text: "·", role: "aside" },
};
const WELL: Cell = { text: "✓", role: "good" };
const LEFT_OUT: Cell = { text: "-", role: "aside" };

const REASONS: Readonly<Record<Hindrance, string>> = {
  root: "left out: only root can see it",
  bus: "left out: systemd cannot be asked",
};

function markOf({ findings, hindrance }: Diagnosis): Cell {
  const [gravest] = sortFindings(findings);
  if (gravest !== undefined) return MARKS[gravest.severity];
  return hindrance === null ? WELL : LEFT_OUT;
}

const rowOf = (diagnosis: Diagnosis): Cell[] => {
  const { check, findings, hindrance } = diagnosis;
  const isLeftOut = hindrance !== null && findings.length === 0;
  return [
    markOf(diagnosis),
    { text: check.name, role: "title" },
    { text: isLeftOut ? REASONS[hindrance] : check.title, role: "aside" },
  ];
};

/** A sentence that names the file or the unit needs neither in front of it, but where it is about a line. */
function withoutEcho({ file, unit, ...finding }: Finding): Finding {
  const isNamed = [file, unit].some((name) => name !== undefined && finding.text.includes(name));
  if (isNamed && finding.line === undefined) return finding;
  return { ...finding, ...(file === undefined ? {} : { file }), ...(unit === undefined ? {} : { unit }) };
}

const renderFindings = (screen: Screen, findings: readonly Finding[]): string[] => {
  const inner = { ...screen, columns: screen.columns === null ? null : screen.columns - INDENT.length };
  return sortFindings(findings).flatMap((finding) =>
    renderFinding(inner, withoutEcho(finding))
      .trimEnd()
      .split("\n")
      .map((line) => `${INDENT}${line}`),
  );
};

/** `1 error, 2 warnings, 1 note; 11 of 15 checks found nothing, 2 were left out`. */
function verdictOf(diagnoses: readonly Diagnosis[]): string {
  const findings = diagnoses.flatMap((each) => each.findings);
  const notes = findings.filter(({ severity }) => severity === "note").length;
  const isLeftOut = ({ findings: found, hindrance }: Diagnosis) => hindrance !== null && found.length === 0;
  const clean = diagnoses.filter((each) => each.findings.length === 0 && !isLeftOut(each)).length;
  const leftOut = diagnoses.filter(isLeftOut);
  const parts = [
    `${tally(findings)}, ${counted(notes, "note")}; ${clean} of ${counted(diagnoses.length, "check")} found nothing`,
    ...(leftOut.length === 0 ? [] : [`${leftOut.length} ${leftOut.length === 1 ? "was" : "were"} left out`]),
    ...(leftOut.some(({ hindrance }) => hindrance === "root") ? ["run it as root to see all"] : []),
  ];
  return parts.join(", ");
}

function roleOfVerdict(diagnoses: readonly Diagnosis[]): Cell["role"] {
  const [gravest] = sortFindings(diagnoses.flatMap(({ findings }) => findings));
  return gravest === undefined || gravest.severity === "note" ? "good" : MARKS[gravest.severity].role;
}

/** A line for each check, below it what it found with what mends it, and a last line that counts. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[], screen: Screen): string {
  const heads = alignColumns(diagnoses.map(rowOf), { screen, shrink: [2] });
  const lines = diagnoses.flatMap(({ findings }, at) => [
    heads[at] ?? "",
    ...renderFindings(screen, findings),
  ]);
  const role = roleOfVerdict(diagnoses) ?? "plain";
  const verdict = foldText(verdictOf(diagnoses), screen.columns ?? Infinity);
  return [...lines, "", ...verdict.map((line) => paint(screen, role, line))]
    .map((line) => `${line}\n`)
    .join("");
}
