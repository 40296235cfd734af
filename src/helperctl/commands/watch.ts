import { ask } from "../ask.ts";
import type { Asker, Given, Run, Surroundings } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmlessJsonLine } from "../harmless.ts";
import { Changes } from "../watch/changes.ts";
import type { WatchLine } from "../watch/line.ts";
import { renderChange } from "../watch/line.ts";

const LOST = "helperctl: the helper is out of reach; what has changed follows when it is back\n";

/** What is told, and how. */
interface Teller {
  readonly tell: (line: Exclude<WatchLine, { event: "lost" }>) => void;
  readonly lost: () => void;
}

const tellJson = ({ print, nowMs }: Surroundings): Teller => ({
  tell: (line) => print(harmlessJsonLine(line)),
  lost: () => print(harmlessJsonLine({ event: "lost", time: new Date(nowMs()).toISOString() })),
});

const tellPeople = ({ print, complain, screen, nowMs }: Surroundings): Teller => ({
  tell: (line) => {
    if (line.event !== "synced") print(renderChange(line, nowMs(), screen));
  },
  lost: () => complain(LOST),
});

async function follow(client: Asker, { values }: Given, around: Surroundings, teller: Teller): Promise<void> {
  const filter = { user: values.get("user"), template: values.get("template") };
  const changes = new Changes();
  const watch = client.watch(filter, { signal: around.interrupted, onLost: teller.lost });
  for await (const event of watch) {
    const time = new Date(around.nowMs()).toISOString();
    for (const change of changes.of(event)) teller.tell({ time, ...change });
    if (event.type === "snapshot") teller.tell({ event: "synced", time });
  }
}

/** A line for each server, and then for each change of one, until it is interrupted or nobody listens any more. */
export const watch: Run = async (given, surroundings) => {
  const teller = given.flags.has("json") ? tellJson(surroundings) : tellPeople(surroundings);
  try {
    await ask(surroundings, (client) => follow(client, given, surroundings, teller));
  } catch (error) {
    // An interruption is how it is meant to end.
    if (error !== surroundings.interrupted.reason || !surroundings.interrupted.aborted) throw error;
  }
  return EXIT.yes;
};
