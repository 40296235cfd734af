import { basename } from "node:path";
import { UnitTexts } from "../check/unit-texts.ts";
import { lastOf } from "../../units/unit-file.ts";
import type { Finding } from "../finding.ts";
import type { UnitProperties } from "../machine/machine.ts";
import { quoteForShell, readable } from "../shell-quote.ts";
import { DAEMON_RELOAD, inTurn } from "./mend.ts";
import { filesOf, textOf, textsOf } from "./properties.ts";

/** Where a service has a setting from, as far as its files say. */
export type Place = Pick<Finding, "file" | "line" | "column">;

/** The line that counts for a key of `[Service]`; the unit's own file where none has it. */
export async function placeOf(unit: UnitProperties, key: string): Promise<Place> {
  const { assignments } = await new UnitTexts().read(filesOf(unit));
  const found = lastOf(assignments, key);
  if (found !== null) return { file: found.file, line: found.line, column: found.column };
  const fragment = textOf(unit, "FragmentPath");
  return fragment === "" ? {} : { file: fragment };
}

const bytesOf = (path: string): Buffer => Buffer.from(basename(path));

/**
 * A name for a drop-in that comes after the one that sets the same key, and is nobody's yet. Drop-ins are read in the
 * order of their names, wherever they lie: systemd.unit(5).
 */
function nameFor(unit: UnitProperties, topic: string, { file }: Place): string | null {
  const dropins = textsOf(unit, "DropInPaths");
  const rival = file !== undefined && dropins.includes(file) ? bytesOf(file) : Buffer.of();
  const taken = new Set(dropins.map((path) => basename(path)));
  const names = [`50-${topic}.conf`, `zz-${topic}.conf`];
  return names.find((name) => !taken.has(name) && Buffer.compare(bytesOf(name), rival) > 0) ?? null;
}

/** Has a service start anew where it runs; one that does not run is not started by this. */
export function restartOf(unit: UnitProperties): readonly string[] {
  const isRunning = ["active", "activating", "reloading"].includes(textOf(unit, "ActiveState"));
  return ["systemctl", isRunning ? "restart" : "try-restart", textOf(unit, "Id")];
}

/**
 * The command line that makes a drop-in for a service, reads it in, and restarts the service where it runs. Null
 * where another drop-in would win against it.
 * @param place where the key is set so far
 */
export function setInDropin(
  unit: UnitProperties,
  place: Place,
  { topic, lines }: { readonly topic: string; readonly lines: readonly string[] },
): string | null {
  const name = nameFor(unit, topic, place);
  if (name === null) return null;
  const path = quoteForShell(`/etc/systemd/system/${textOf(unit, "Id")}.d/${name}`);
  // install makes the directories on the way, and gives all of it modes that are believed, whatever the umask.
  const write = `printf '%s\\n' '[Service]' ${lines.map(quoteForShell).join(" ")} | install -D -m 0644 /dev/stdin ${path}`;
  const apply = inTurn(DAEMON_RELOAD, restartOf(unit));
  return apply === null ? null : readable(`${write} && ${apply}`);
}
