import { basename, join } from "node:path";
import { commandLine, quoteForShell, readable } from "../shell-quote.ts";
import type { Complaint, LoadedUnit, Mend } from "./complaint.ts";
import { sharedDirectory } from "./shared-dropin.ts";
import type { Assignment } from "../../units/unit-file.ts";
import { lastOf } from "../../units/unit-file.ts";

/** What an admin writes goes here: systemd.unit(5). */
const UNITS = "/etc/systemd/system";

type Dropin = Extract<Mend, { kind: "dropin" }>;
type Set = Extract<Mend, { kind: "set" }>;

/** A command line that mends, or why none can. */
export interface Mended {
  readonly mend: string | null;
  /** Goes on from the sentence of the finding. */
  readonly hindrance: string;
}

const NO_COMMAND: Mended = { mend: null, hindrance: "" };

/** One of the files that a drop-in of this name would come before, and that sets the key. */
function rival(unit: LoadedUnit, key: string, dropin: string): Assignment | null {
  const last = lastOf(unit.assignments, key);
  const isDropin = last !== null && last.file !== unit.raw.FragmentPath;
  return isDropin && basename(last.file) >= dropin ? last : null;
}

/**
 * Where a drop-in is written: beside the one file that all of them have, or for all units of their pattern. What is
 * for all units may not name an account: only a specifier says it for each.
 */
function directoryOf(units: readonly LoadedUnit[]): { directory: string; isShared: boolean } | null {
  const files = new Set(units.map(({ raw }) => basename(raw.FragmentPath)));
  const shared = new Set(units.map(sharedDirectory));
  const [file = ""] = files;
  const [directory = null] = shared;
  if (files.size === 1 && directory !== `${file}.d`) return { directory: `${file}.d`, isShared: false };
  return shared.size === 1 && directory !== null ? { directory, isShared: true } : null;
}

function mendBySetting({ key }: Set, complaints: readonly Complaint[]): Mended {
  const units = complaints.map(({ unit }) => unit);
  const dropin = `50-${key.toLowerCase()}.conf`;
  const rivals = units.map((unit) => rival(unit, key, dropin)).filter((found) => found !== null);
  const [first] = rivals;
  if (first !== undefined) {
    const hindrance = `; it is set in ${first.file}:${first.line}, which a drop-in with a name such as ${dropin} would not win against`;
    return { mend: null, hindrance };
  }
  const place = directoryOf(units);
  const values = new Set(
    complaints.map(({ mend }) =>
      mend?.kind === "set" ? (place?.isShared ? mend.shared : mend.value) : null,
    ),
  );
  const value = values.size === 1 ? ([...values][0] ?? null) : null;
  if (place === null || value === null) return NO_COMMAND;
  return writeDropin(place.directory, dropin, [`${key}=${value}`]);
}

function writeDropin(directory: string, name: string, lines: readonly string[]): Mended {
  const path = quoteForShell(join(UNITS, directory, name));
  const words = ["[Service]", ...lines].map(quoteForShell).join(" ");
  // install makes the directories on the way, and gives all of it modes that the helper believes, whatever the umask.
  const line = `printf '%s\\n' ${words} | install -D -m 0644 /dev/stdin ${path} && systemctl daemon-reload`;
  return { mend: readable(line), hindrance: "" };
}

/** One for all of the units, where they need the same. */
function mendByDropin(complaints: readonly Complaint[]): Mended {
  const place = directoryOf(complaints.map(({ unit }) => unit));
  const dropins = complaints.flatMap(({ mend }) => (mend?.kind === "dropin" ? [mend] : []));
  const isSame = (one: Dropin): boolean =>
    one.name === dropins[0]?.name && one.lines.join("\n") === dropins[0].lines.join("\n");
  const [first] = dropins;
  if (first === undefined || place === null || !dropins.every(isSame)) return NO_COMMAND;
  return writeDropin(place.directory, first.name, first.lines);
}

function mendByRunning(complaints: readonly Complaint[]): Mended {
  const lines = complaints.flatMap(({ mend }) =>
    mend?.kind === "run" ? mend.commands.map(commandLine) : [null],
  );
  return lines.includes(null)
    ? NO_COMMAND
    : { mend: readable([...new Set(lines)].join(" && ")), hindrance: "" };
}

/** One command line for the same fault of one or several units. */
export function mendComplaints(complaints: readonly Complaint[]): Mended {
  const [first] = complaints;
  if (first === undefined || complaints.some(({ mend }) => mend?.kind !== first.mend?.kind))
    return NO_COMMAND;
  if (first.mend === null) return NO_COMMAND;
  switch (first.mend.kind) {
    case "set":
      return mendBySetting(first.mend, complaints);
    case "dropin":
      return mendByDropin(complaints);
    case "run":
      return mendByRunning(complaints);
  }
}
