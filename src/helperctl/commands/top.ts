import { suggestion } from "../nearest-word.ts";
import { ask } from "../ask.ts";
import type { Asker, Given, Run, Surroundings } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import type { Terminal } from "../terminal.ts";
import { Live } from "../top/live.ts";
import type { SortName } from "../top/sorts.ts";
import { SORT_NAMES } from "../top/sorts.ts";
import { UsageError } from "../usage-error.ts";

const NO_TERMINAL =
  "top needs a terminal for what it reads and prints; helperctl list and helperctl watch do not.";

function sortOf({ values }: Given): SortName {
  const word = values.get("sort") ?? "user";
  const sort = SORT_NAMES.find((name) => name === word);
  if (sort !== undefined) return sort;
  throw new UsageError(
    `The table cannot be sorted by ${word}, but by ${SORT_NAMES.join(", ")}.${suggestion(word, SORT_NAMES)}`,
  );
}

/** Shows the servers until somebody says that it is over. @throws DeniedError where the policy does not, or no longer, allow it */
async function follow(client: Asker, given: Given, terminal: Terminal, around: Surroundings): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, around.interrupted]);
  let live: Live | null = null;
  const onLost = (): void => live?.happen({ type: "lost", nowMs: around.nowMs() });
  const filter = { user: given.values.get("user"), template: given.values.get("template") };
  const watch = client.watch(filter, { signal, onLost });
  try {
    for await (const event of watch) {
      // The terminal is left alone until there is something to show: who may not look is told so, and no screen flashes up.
      const isFirst = live === null;
      live ??= new Live({ terminal, sort: sortOf(given), around, onOver: () => over.abort() });
      live.happen(event);
      if (isFirst) live.begin();
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    live?.end();
  }
}

/** The servers in a table that renews itself. */
export const top: Run = async (given, surroundings) => {
  const terminal = surroundings.terminal();
  sortOf(given);
  if (terminal === null) throw new UsageError(NO_TERMINAL);
  await ask(surroundings, (client) => follow(client, given, terminal, surroundings));
  return EXIT.yes;
};
