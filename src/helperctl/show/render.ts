import type { UnitState } from "../../protocol/unit-state.ts";
import { alignColumns } from "../columns.ts";
import { renderFacts } from "../facts.ts";
import { harmless } from "../harmless.ts";
import type { NamedDecision } from "../log/line.ts";
import { renderDecision } from "../log/line.ts";
import { localTime } from "../log/local-time.ts";
import { writerOf } from "../machine/journal.ts";
import { JOURNAL_READERS } from "../machine/journal-access.ts";
import { possessive } from "../names.ts";
import { joinPieces } from "../pieces.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import { roleOfState } from "../state-role.ts";
import { wrap } from "../wrap.ts";
import { factsOf } from "./fact-rows.ts";
import type { ShownLine, ShownServer, ShownSlice } from "./shown.ts";
import { useCell } from "./use.ts";

const INDENT = "  ";

/** systemctl's own signs for states. */
const DOTS: Readonly<Partial<Record<string, string>>> = { inactive: "○", failed: "×", reloading: "↻" };

function heading(state: UnitState, screen: Screen): string {
  const { activeState, user, server, template } = state;
  return joinPieces(
    [
      { text: DOTS[activeState] ?? "●", role: roleOfState(activeState) },
      { text: ` ${harmless(possessive(user, server))}`, role: "title" },
      { text: harmless(` (${template})`), role: "aside" },
    ],
    screen,
  );
}

function sliceLines(slices: readonly ShownSlice[], screen: Screen): string[] {
  const titles = ["SLICE", "MEMORY", "TASKS", "CPU"].map((text) => ({ text, role: "title" as const }));
  const rows = slices.map((slice) => [
    { text: harmless(slice.name) },
    ...(["memory", "tasks", "cpu"] as const).map((resource) => ({
      text: useCell(resource, slice[resource]),
    })),
  ]);
  return slices.length === 0 ? [] : ["", ...alignColumns([titles, ...rows], { screen, shrink: [0] })];
}

const FOR_READERS = `The audit log and the journal are for ${JOURNAL_READERS}.`;
const NOTHING = "nothing about this unit";

/** A title, and the lines below it. */
const section = (title: string, lines: readonly string[], screen: Screen): string[] => [
  "",
  paint(screen, "title", title),
  ...(lines.length === 0 ? [NOTHING] : lines).map((line) => `${INDENT}${line}`),
];

function journalLine(line: ShownLine, nowMs: number, screen: Screen): string {
  return joinPieces(
    [
      { text: `${localTime(Date.parse(line.time), nowMs)}  `, role: "aside" },
      { text: harmless(`${writerOf(line)}: `), role: "aside" },
      { text: harmless(line.message) },
    ],
    screen,
  );
}

/** Everything about one server, for a person. */
export function renderShown(
  shown: ShownServer,
  decisions: readonly NamedDecision[],
  nowMs: number,
  screen: Screen,
): string {
  const { state, slices, audit, journal } = shown;
  const columns = screen.columns === null ? null : screen.columns - INDENT.length;
  const inner = { ...screen, columns };
  const audited = decisions.map((decision) => renderDecision(decision, nowMs, inner).trimEnd());
  const said = (journal ?? []).map((line) => journalLine(line, nowMs, inner));
  const lines = [
    heading(state, screen),
    ...[...renderFacts(factsOf(shown, nowMs, inner), inner), ...sliceLines(slices, inner)].map((line) =>
      `${INDENT}${line}`.trimEnd(),
    ),
    ...(audit === null ? [] : section("Audit log", audited, screen)),
    ...(journal === null ? [] : section("Journal", said, screen)),
    ...(audit === null ? ["", ...wrap(FOR_READERS, screen.columns)] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
