import { Gate } from "../../helper/gate.ts";
import { toRawUnit } from "../../helper/systemd/properties.ts";
import { surroundUnit } from "../../helper/unit-surroundings.ts";
import type { NameService } from "../../policy/types.ts";
import type { Surroundings } from "../../units/verify.ts";
import type { Machine } from "../machine/machine.ts";
import { numbersOf } from "../version-numbers.ts";
import type { LoadedUnit, UnitBehind } from "./complaint.ts";
import type { AccountBook } from "./eligible.ts";
import { UnitTexts } from "./unit-texts.ts";

/** So many at a time: each may have a look-up of an account and a reading of files to itself. */
const AT_ONCE = 32;

interface Parts {
  readonly systemd: Machine["systemd"];
  readonly names: NameService;
  readonly book: AccountBook;
  readonly systemdVersion: number;
  readonly texts: UnitTexts;
}

/** What is not loaded is judged by its state alone. */
const UNJUDGED: Surroundings = {
  uid: 0,
  isTarget: false,
  userUid: 0,
  fileProblem: null,
  startOnly: false,
};

async function loadUnit(parts: Parts, unit: UnitBehind): Promise<LoadedUnit | null> {
  const { systemd, names, book, systemdVersion, texts } = parts;
  const properties = await systemd.unit(unit.name);
  if (properties === null) return null;
  const raw = toRawUnit(properties);
  const account = unit.template.runAs === null ? await names.userByName(unit.user) : null;
  const around =
    raw.LoadState === "loaded"
      ? await surroundUnit({ systemd, names }, unit.name, raw, unit.template, account)
      : UNJUDGED;
  const paths = raw.LoadState === "loaded" ? [raw.FragmentPath, ...raw.DropInPaths].filter(Boolean) : [];
  const ground = { systemdVersion, account: await book.entry(unit.user) };
  return { ...unit, raw, properties, around, ground, ...(await texts.read(paths)) };
}

/** Has PID 1 load units, and reads what their files say. What is no unit's name for it is left out. */
export async function loadUnits(
  { systemd }: Machine,
  names: NameService,
  units: readonly UnitBehind[],
  book: AccountBook,
): Promise<LoadedUnit[]> {
  const gate = new Gate(AT_ONCE);
  const [systemdVersion = 0] = numbersOf(String(await systemd.managerProperty("Version")));
  const parts = { systemd, names, book, systemdVersion, texts: new UnitTexts() };
  const loaded = await Promise.all(units.map((unit) => gate.pass(() => loadUnit(parts, unit))));
  return loaded.filter((unit) => unit !== null);
}
