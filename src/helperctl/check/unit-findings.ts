import type { NameService, Policy, Template } from "../../policy/types.ts";
import type { Finding } from "../finding.ts";
import type { Machine } from "../machine/machine.ts";
import type { LoadedUnit } from "./complaint.ts";
import type { AccountBook } from "./eligible.ts";
import { startableTargets } from "./eligible.ts";
import { gather } from "./gather.ts";
import { judgeUnit } from "./judge-unit.ts";
import { loadUnits } from "./load-units.ts";
import { leftOverFinding, missingFinding } from "./missing-units.ts";
import { UnitsBehind } from "./units-behind.ts";

const isFound = ({ raw }: LoadedUnit): boolean => raw.LoadState !== "not-found";

/** Looks at every unit behind the templates. */
export async function findUnitFaults(
  policy: Policy,
  names: NameService,
  machine: Machine,
  book: AccountBook,
): Promise<{ readonly units: number; readonly findings: Finding[] }> {
  const targets = await startableTargets(policy, book);
  const units = await loadUnits(machine, names, await UnitsBehind.find(policy, targets, machine));
  const found = units.filter(isFound);
  const absent = await Promise.all(
    [...policy.templates.values()].map((template) => findingsOfTemplate(template)),
  );
  return { units: found.length, findings: [...absent.flat(), ...gather(found.flatMap(judgeUnit))] };

  async function findingsOfTemplate(template: Template): Promise<Finding[]> {
    const own = units.filter((unit) => unit.template === template);
    const missing = own.filter((unit) => unit.isTarget && !isFound(unit));
    // Where nobody is a target, that is what is told, and not that each unit is one too many.
    const leftOver = targets.has(template.name) ? own.filter((unit) => !unit.isTarget && isFound(unit)) : [];
    return [
      ...(missing.length === 0 ? [] : [await missingFinding(policy, template, missing, book)]),
      ...(leftOver.length === 0 ? [] : [leftOverFinding(template, leftOver)]),
    ];
  }
}
