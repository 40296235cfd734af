import { numberOf } from "../arguments.ts";
import { ask } from "../ask.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmlessJson } from "../harmless.ts";
import { AccountNames } from "../log/account-names.ts";
import { catchUp } from "../machine/journal.ts";
import { withMachine } from "../machine/with-machine.ts";
import { gather } from "../show/gather.ts";
import { renderShown } from "../show/render.ts";
import { isRunning } from "../show/running.ts";

const USUAL_LINES = 10;
const MOST_LINES = 1000;

/** Everything about one server: what the helper says of it comes first, so that the policy decides who may look. */
export const show: Run = async (given, surroundings) => {
  const [user = "", server] = given.words;
  const count = numberOf(given, "lines", 1, MOST_LINES) ?? USUAL_LINES;
  const target = { user, server, template: given.values.get("template") };
  const state = await ask(surroundings, (client) => client.status(target));
  await withMachine(surroundings, async (machine) => {
    await catchUp(machine, surroundings.caller().uid);
    const { decisions, ...shown } = await gather(machine, state, count);
    const { print, nowMs, screen } = surroundings;
    if (given.flags.has("json")) print(harmlessJson(shown));
    else {
      const names = new AccountNames(machine.accounts);
      const named = await Promise.all(decisions.map((decision) => names.name(decision)));
      print(renderShown(shown, named, nowMs(), screen));
    }
  });
  return isRunning(state) ? EXIT.yes : EXIT.no;
};
