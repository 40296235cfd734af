import { existsSync } from "node:fs";
import type { NameService, Policy, Template } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import type { LoadedUnit, UnitBehind } from "./complaint.ts";
import type { AccountBook } from "./eligible.ts";
import { startableTargets } from "./eligible.ts";
import { gather } from "./gather.ts";
import { judgeUnit } from "./judge-unit.ts";
import { loadUnits } from "./load-units.ts";
import { leftOverFinding, missingFinding } from "./missing-units.ts";
import { UnitsBehind } from "./units-behind.ts";

/** A file that was removed is missing at the next start, though systemd has the unit in memory while it runs. */
const isFound = ({ raw }: LoadedUnit): boolean =>
  raw.LoadState !== "not-found" && (raw.FragmentPath === "" || existsSync(raw.FragmentPath));

/** Looks at every unit behind the templates. */
export async function findUnitFaults(
  policy: Policy,
  names: NameService,
  machine: Machine,
  book: AccountBook,
): Promise<{ readonly units: number; readonly findings: Finding[] }> {
  const targets = await startableTargets(policy, book);
  const units = await UnitsBehind.find(policy, targets, machine);
  const loaded = await loadUnits(
    machine,
    names,
    units.filter(({ isThere }) => isThere),
    book,
  );
  const found = loaded.filter(isFound);
  const foundNames = new Set(found.map(({ name }) => name));
  const missing = units.filter(({ isTarget, name }) => isTarget && !foundNames.has(name));
  // Where nobody is a target, that is what is told, and not that each unit is one too many.
  const leftOver = found.filter(({ isTarget, template }) => !isTarget && targets.has(template.name));
  const byTemplate = async (template: Template): Promise<Finding[]> => {
    const own = (all: readonly UnitBehind[]) => all.filter((unit) => unit.template === template);
    const [absent, extra] = [own(missing), own(leftOver)];
    return [
      ...(absent.length === 0 ? [] : [await missingFinding(policy, template, absent, book)]),
      ...(extra.length === 0 ? [] : [leftOverFinding(template, extra)]),
    ];
  };
  const uneven = await Promise.all([...policy.templates.values()].map(byTemplate));
  return { units: found.length, findings: [...uneven.flat(), ...gather(found.flatMap(judgeUnit))] };
}
