import { HelperError } from "../../client/errors.ts";
import type { ExplainedPeer } from "../../client/types.ts";
import type { ExplainResult } from "../../protocol/results.ts";
import { ask } from "../ask.ts";
import { alignColumns } from "../columns.ts";
import type { Given, Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";

/** No account's name is all digits, so digits are a uid. */
function peerOf({ values }: Given): ExplainedPeer {
  const peer = values.get("as") ?? "";
  const unit = values.get("as-unit");
  return /^\d+$/.test(peer) ? { uid: Number(peer), unit } : { user: peer, unit };
}

/** The verdict, and below it every step that led there. */
export function renderExplanation({ allowed, reason, steps }: ExplainResult): string {
  const verdict = allowed ? "allowed" : `refused: ${harmless(reason ?? "for no reason that is known")}`;
  const rows = steps.map(({ step, ok, text }) => [ok ? "yes" : "no", step, text].map(harmless));
  return [verdict, ...alignColumns(rows).map((row) => `  ${row}`)].map((line) => `${line}\n`).join("");
}

/** A denial is about the question itself, and must not look like the verdict on what was asked about. */
function forRootAlone(error: unknown): never {
  if (!(error instanceof HelperError) || error.code !== "denied") throw error;
  throw new Error("explain is for root alone.", { cause: error });
}

/** Whether a request of somebody's would be allowed, and why. */
export const explain: Run = async (given, surroundings) => {
  const peer = peerOf(given);
  const [method = "", user = "", server] = given.words;
  const target = { user, server, template: given.values.get("template") };
  const result = await ask(surroundings, (client) => client.explain(peer, method, target)).catch(
    forRootAlone,
  );
  surroundings.print(given.flags.has("json") ? harmlessJson(result) : renderExplanation(result));
  return result.allowed ? EXIT.yes : EXIT.no;
};
