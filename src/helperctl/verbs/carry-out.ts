import type { Target } from "../../client/types.ts";
import type { UnitState } from "../../protocol/unit-state.ts";
import { numberOf } from "../arguments.ts";
import { ask } from "../ask.ts";
import type { Asker, Given, Run, Surroundings } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { possessive } from "../names.ts";
import { explainFailure } from "./failures.ts";
import type { Look } from "./looks.ts";
import { lookAt, standing, stateBefore } from "./looks.ts";
import type { Outcome } from "./outcome.ts";
import { withProgress } from "./progress.ts";
import type { Verb } from "./verb.ts";

const LONGEST_SECONDS = 600;

const targetOf = ({ words: [user = "", server], values }: Given): Target => ({
  user,
  server,
  template: values.get("template"),
});

function optionsOf(given: Given, { interrupted }: Surroundings): { signal: AbortSignal; timeoutMs?: number } {
  const seconds = numberOf(given, "timeout", 1, LONGEST_SECONDS);
  return { signal: interrupted, ...(seconds === undefined ? {} : { timeoutMs: seconds * 1000 }) };
}

/** Performs the verb, on a terminal with a line that tells how it goes. */
async function perform(
  verb: Verb,
  { client, target, look }: { client: Asker; target: Target; look: Look | null },
  around: Surroundings,
  options: ReturnType<typeof optionsOf>,
): Promise<UnitState> {
  const line = {
    screen: around.complaints,
    write: around.complain,
    what: `${verb.doing} ${possessive(target.user, target.server)}`,
    state: () => (look === null ? Promise.resolve(null) : standing(look)),
  };
  return withProgress(line, () => verb.perform(client, target, options));
}

/** The command of a verb. */
export const carryOut =
  (verb: Verb): Run =>
  async (given, around) => {
    const target = targetOf(given);
    const options = optionsOf(given, around);
    const began = { askedAtMs: around.nowMs(), at: performance.now() };
    const isJson = given.flags.has("json");
    return ask(around, async (client) => {
      try {
        const needsLook = around.complaints.columns !== null || (verb.looksFirst && !isJson);
        const look = needsLook ? await lookAt(client, target) : null;
        const before = verb.looksFirst && look !== null ? await stateBefore(look) : null;
        const after = await perform(verb, { client, target, look }, around, options);
        const tookMs = performance.now() - began.at;
        const outcome: Outcome = { before, after, askedAtMs: began.askedAtMs, tookMs };
        around.print(isJson ? harmlessJson(after) : `${harmless(verb.tell(outcome))}\n`);
        return EXIT.yes;
      } catch (error) {
        const { method } = verb;
        return await explainFailure(error, { method, target, client, around, isJson, ...began });
      }
    });
  };
