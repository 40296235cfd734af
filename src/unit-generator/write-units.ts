import { lstatSync } from "node:fs";
import { Refusal } from "./refusal.ts";
import type { Unit } from "./render.ts";
import type { UnitDirectory } from "./unit-directory.ts";
import type { World } from "./world.ts";

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The name itself and, for an instance, that of the template which it would stand in for. */
const namesTaken = (name: string): string[] => [name, name.replace(/@.+(?=\.service$)/, "@")];

/** Why a unit must not be written at its name; null where it may. */
function whyNot(unit: Unit, directory: UnitDirectory, { units, system }: World): string | null {
  const standing = directory.look(unit.name);
  if (standing.kind === "foreign") return `${units}/${unit.name} ${standing.what}: it stands in the way`;
  // A user named "journald" and a template "systemd-{user}.service" must not become the journal.
  const hidden = namesTaken(unit.name)
    .flatMap((name) => system.map((path) => `${path}/${name}`))
    .find(exists);
  return hidden === undefined ? null : `${units}/${unit.name} would hide ${hidden}`;
}

function needsWriting({ name, text }: Unit, directory: UnitDirectory): boolean {
  const standing = directory.look(name);
  return standing.kind !== "ours" || standing.text !== text || !standing.isPublic;
}

/** Writes every unit aside before the first gets its name: what finds no room leaves nothing half done. */
function stageAll(units: readonly Unit[], directory: UnitDirectory): Map<Unit, string> {
  const staged = new Map<Unit, string>();
  try {
    for (const unit of units) staged.set(unit, directory.stage(unit.text));
    return staged;
  } catch (error) {
    for (const name of staged.values()) directory.discard(name);
    throw error;
  }
}

/**
 * Puts an account's units in place. What stands there unchanged is left alone.
 * @throws Refusal where the name of one is not free, before any is written
 */
export function writeUnits(units: readonly Unit[], directory: UnitDirectory, world: World): void {
  const problems = units.map((unit) => whyNot(unit, directory, world)).filter((problem) => problem !== null);
  if (problems.length > 0) throw new Refusal("in-the-way", problems.join("\n"));
  const staged = stageAll(
    units.filter((unit) => needsWriting(unit, directory)),
    directory,
  );
  try {
    for (const [{ name }, from] of staged) {
      if (!directory.publish(from, name)) {
        throw new Refusal("in-the-way", `${world.units}/${name} has just been made by somebody else`);
      }
      world.say(`wrote ${world.units}/${name}`);
    }
  } finally {
    for (const name of staged.values()) directory.discard(name);
  }
  for (const { name } of units) {
    const first = `${world.admin}/${name}`;
    if (exists(first)) world.say(`${first} is there too, and is what systemd uses`);
  }
}
