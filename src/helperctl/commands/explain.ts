import { HelperError } from "../../client/errors.ts";
import type { ExplainedPeer } from "../../client/types.ts";
import type { ExplainResult, ExplainStep, NearestRule } from "../../protocol/results.ts";
import { ask } from "../ask.ts";
import { displayWidth } from "../columns.ts";
import type { Given, Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { readMethod } from "../method-word.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import { wrap } from "../wrap.ts";

/** A unit ends in what it is. */
const UNIT = /\.(?:service|scope|socket|mount|swap|slice)$/;

/** No account's name is all digits, so digits are a uid. */
function peerOf({ values }: Given): ExplainedPeer {
  const peer = values.get("as") ?? "";
  const unit = values.get("as-unit");
  if (UNIT.test(peer) && unit === undefined) return { unit: peer };
  return /^\d+$/.test(peer) ? { uid: Number(peer), unit } : { user: peer, unit };
}

/** A text behind a label, its further lines below its first. */
function hang(screen: Screen, label: string, labelWidth: number, text: string): string {
  const room = screen.columns === null ? null : Math.max(20, screen.columns - labelWidth);
  return `${label}${wrap(text, room).join(`\n${" ".repeat(labelWidth)}`)}\n`;
}

function renderSteps(screen: Screen, steps: readonly ExplainStep[]): string {
  const names = steps.map(({ step }) => harmless(step));
  const width = Math.max(0, ...names.map(displayWidth));
  return steps
    .map(({ ok, text }, at) => {
      const name = names[at] ?? "";
      const verdict = paint(screen, ok ? "good" : "bad", ok ? "yes" : "no ");
      const label = `  ${verdict}  ${name}${" ".repeat(width - displayWidth(name))}  `;
      return hang(screen, label, width + 9, harmless(text));
    })
    .join("");
}

function renderNearest(screen: Screen, nearest: NearestRule | null): string {
  if (nearest === null) return "\nNothing that a rule could say would allow this.\n";
  const { rule, changes } = nearest;
  const place = harmless(`rule ${rule.name} (${rule.file}:${rule.line})`);
  const lacks = changes.length === 1 ? "One change would allow it:" : "It lacks:";
  const listed = changes.map((change) => hang(screen, "  - ", 4, harmless(change)));
  return `\nThe nearest is ${paint(screen, "title", place)}. ${lacks}\n${listed.join("")}`;
}

/** The verdict, every step that led there, and what would have to change. */
export function renderExplanation(
  screen: Screen,
  { allowed, reason, rule, steps, nearest }: ExplainResult,
): string {
  const by = rule === null ? "" : `, by rule ${harmless(rule.name)}`;
  const verdict = allowed ? `allowed${by}` : `refused: ${harmless(reason ?? "for no reason that is known")}`;
  const painted = paint(screen, allowed ? "good" : "bad", verdict);
  return `${painted}\n${renderSteps(screen, steps)}${allowed ? "" : renderNearest(screen, nearest)}`;
}

/** A denial is about the question itself, and must not look like the verdict on what was asked about. */
export function forRootAlone(command: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof HelperError) || error.code !== "denied") throw error;
    throw new Error(`${command} is for root alone: it tells what others may do.`, { cause: error });
  };
}

/** Whether a request of somebody's would be allowed, and why. */
export const explain: Run = async (given, surroundings) => {
  const peer = peerOf(given);
  const [word = "", user = "", server] = given.words;
  const method = readMethod(word);
  const target = { user, server, template: given.values.get("template") };
  const result = await ask(surroundings, (client) => client.explain(peer, method, target)).catch(
    forRootAlone("explain"),
  );
  const { print, screen } = surroundings;
  print(given.flags.has("json") ? harmlessJson(result) : renderExplanation(screen, result));
  return result.allowed ? EXIT.yes : EXIT.no;
};
