import { harmless } from "../harmless.ts";
import type { Piece } from "../pieces.ts";
import { joinPieces } from "../pieces.ts";
import { renderMs } from "../quantities.ts";
import type { Role, Screen } from "../screen.ts";
import { localTime } from "./local-time.ts";
import type { Decision } from "./pairing.ts";
import { reasonInWords } from "./reasons.ts";
import type { AuditRecord, DecisionRecord } from "./record.ts";

/** A decision, and the name of the account that asked; null where nobody has that uid now. */
export interface NamedDecision extends Decision {
  readonly peerName: string | null;
}

type Verdict = DecisionRecord["decision"];

const VERDICT_ROLES: Readonly<Record<Verdict, Role>> = { allowed: "good", refused: "bad" };

/** What is left out first where a line is narrow. */
const RANKS = { code: 0, template: 1, cause: 2, peerUnit: 3, rule: 4, uid: 5 } as const;

const piece = (text: string, role: Role = "plain", rank?: number): Piece => ({
  text: harmless(text),
  role,
  ...(rank === undefined ? {} : { rank }),
});

/** `jupyter (990) in hub.service`. */
function whoAsked({ peerUid, peerUnit }: AuditRecord, name: string | null): Piece[] {
  const unit = peerUnit === null ? [] : [piece(` in ${peerUnit}`, "aside", RANKS.peerUnit)];
  if (peerUid === null) return [piece("somebody unknown"), ...unit];
  const account =
    name === null ? [piece(`uid ${peerUid}`)] : [piece(name), piece(` (${peerUid})`, "aside", RANKS.uid)];
  return [...account, ...unit];
}

/** What methods and names are made of. Anything else stands in quotes: it must not read like a part of the line that is ours. */
const PLAIN = /^[\p{L}\p{M}\p{Nd}_.@-]+$/u;
const quoted = (text: string): string => (PLAIN.test(text) ? text : JSON.stringify(text));

/** `start zoe/gpu (singleuser)`. */
function askedFor({ method, user, server, template }: AuditRecord): Piece[] {
  const names = [user, server === "" ? null : server].filter((name) => name !== null);
  const target = user === null ? "" : ` ${names.map(quoted).join("/")}`;
  const kind = template === null ? [] : [piece(` (${quoted(template)})`, "aside", RANKS.template)];
  return [piece(` ${quoted(method)}`, "title"), piece(target, "title"), ...kind];
}

const byRule = ({ rule }: AuditRecord): Piece[] =>
  rule === null ? [] : [piece(`, by rule ${rule}`, "aside", RANKS.rule)];

const UNFINISHED: Readonly<Record<Exclude<Decision["fate"], "ended">, Piece[]>> = {
  "under-way": [piece("under way", "warning")],
  lost: [
    piece("begun, outcome unknown", "warning"),
    piece(": the helper ended meanwhile", "warning", RANKS.cause),
  ],
};

/** Why it was refused, or what came of it. */
function whatCame({ record, fate }: Decision): Piece[] {
  if (record.event === "begin" || fate !== "ended") {
    return [...UNFINISHED[fate === "lost" ? "lost" : "under-way"], ...byRule(record)];
  }
  const { decision, reason, outcome, durationMs, count = 1 } = record;
  if (decision === "refused") {
    const code = reason === null ? [] : [piece(` [${reason}]`, "aside", RANKS.code)];
    const more = count === 1 ? [] : [piece(`, and ${count - 1} more refused in the same second`, "warning")];
    return [piece(reasonInWords(reason)), ...code, ...more];
  }
  const role = outcome === "ok" ? "plain" : "warning";
  return [piece(outcome, role), piece(` after ${renderMs(durationMs)}`, "aside"), ...byRule(record)];
}

const verdictOf = (record: AuditRecord): Verdict => (record.event === "begin" ? "allowed" : record.decision);

/** `16:45:48  allowed  jupyter (990) start zoe/gpu: ok after 120 ms, by rule hub`, with a newline. */
export function renderDecision(decision: NamedDecision, nowMs: number, screen: Screen): string {
  const { record, peerName } = decision;
  const verdict = verdictOf(record);
  const pieces = [
    piece(`${localTime(Date.parse(record.time), nowMs)}  `, "aside"),
    piece(verdict, VERDICT_ROLES[verdict]),
    piece("  "),
    ...whoAsked(record, peerName),
    ...askedFor(record),
    piece(": "),
    ...whatCame(decision),
  ];
  return `${joinPieces(pieces, screen)}\n`;
}
