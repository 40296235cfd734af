import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import type { Entry, LookUp } from "./account.ts";
import type { Origin } from "./marker.ts";
import type { Template } from "./read-templates.ts";
import { parseTemplateName, unitNameFor } from "./template-name.ts";
import type { UnitDirectory } from "./unit-directory.ts";
import type { World } from "./world.ts";

/** What the account database says of somebody: null, there is no such entry; "unknown", it cannot say. */
export type Known = Entry | null | "unknown";

/** Why a unit has to go; null where it stays. What is not certain stays. */
export function whyGone({ uid, user }: Origin, account: Known): string | null {
  if (account === "unknown") return null;
  if (account === null) return `there is no account "${user}" any more`;
  return account.name === user && account.uid !== uid ? `"${user}" has another uid by now` : null;
}

/** A run looks at so many units at most, so that a login costs no more where there are thousands. */
const LOOKED_AT = 512;
/** And begins no look-up after this long: somebody waits for the units that have been written. */
const LOOKING_MS = 2000;

/** At most so many of them, from a place on, as in a ring. */
export const someOf = <T>(all: readonly T[], from: number, most: number): T[] =>
  [...all.slice(from), ...all.slice(0, from)].slice(0, most);

/** Asks about each name once, and not at all any more once there was no answer: the next would take as long. */
function askOnce(lookUp: LookUp): (user: string) => Promise<Known> {
  const answers = new Map<string, Known>();
  const until = performance.now() + LOOKING_MS;
  let isAnswering = true;
  return async (user) => {
    const known = answers.get(user);
    if (known !== undefined) return known;
    if (!isAnswering || performance.now() > until) return "unknown";
    try {
      const answer = await lookUp(user);
      answers.set(user, answer);
      return answer;
    } catch {
      isAnswering = false; // whatever the reason: nothing is removed on a guess
      return "unknown";
    }
  };
}

interface Judging {
  readonly templates: readonly Template[];
  readonly ask: (user: string) => Promise<Known>;
  readonly world: World;
}

/** Why a unit of ours has to go; null where it stays. */
async function judge(
  name: string,
  origin: Origin,
  { templates, ask, world }: Judging,
): Promise<string | null> {
  const { user, template } = origin;
  const prefix = `${world.templates}/`;
  const pattern = template.startsWith(prefix) ? parseTemplateName(template.slice(prefix.length)) : null;
  // A copy under another name is not what was made here, whatever its first line says.
  if (pattern === null || unitNameFor(pattern, user) !== name) return null;
  const isKnown = templates.some(({ path }) => path === template);
  // Asked again: it may have come after ours were read.
  if (!isKnown && !existsSync(template)) return `there is no template ${template} any more`;
  return whyGone(origin, await ask(user));
}

/**
 * Removes the units whose account or template is gone. No lock is needed: each name is looked at, judged and removed
 * in one go, and a run for an account that has just been made begins after that account can be found.
 */
export async function cleanUp(
  directory: UnitDirectory,
  templates: readonly Template[],
  world: World,
): Promise<void> {
  directory.discardForgotten();
  const units = directory.names().filter((name) => /\.(?:service|slice)$/.test(name));
  const ask = askOnce(world.lookUp);
  const from = units.length === 0 ? 0 : randomInt(units.length);
  for (const name of someOf(units, from, LOOKED_AT)) {
    const standing = directory.look(name);
    if (standing.kind !== "ours") continue;
    const why = await judge(name, standing.origin, { templates, ask, world });
    if (why !== null && directory.remove(name)) world.say(`removed ${world.units}/${name}: ${why}`);
  }
}
