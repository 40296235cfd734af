import type { Target, TemplateName } from "../protocol/target.ts";
import { type SetPath, unitOfSetPath } from "./credential-path.ts";
import type { UnitName, UnitPattern } from "./pattern.ts";
import { globOf, matchPattern } from "./pattern.ts";

/** The patterns of one template. */
interface Named {
  readonly name: TemplateName;
  readonly unit: UnitPattern;
  readonly namedUnit: UnitPattern | null;
}

const patternsOf = (template: Named): UnitPattern[] =>
  template.namedUnit === null ? [template.unit] : [template.unit, template.namedUnit];

/** The target that a unit name belongs to, or null. No two templates share a name. */
export function targetOfUnit(
  templates: Iterable<Named>,
  unit: string,
): { unit: UnitName; target: Target } | null {
  for (const template of templates) {
    for (const pattern of patternsOf(template)) {
      const owner = matchPattern(pattern, unit);
      // The match has rendered the owner again and found the very same name.
      if (owner) return { unit: unit as UnitName, target: { template: template.name, ...owner } };
    }
  }
  return null;
}

/** The unit whose credentials lie at a path, or null. The sets of no two patterns share one. */
export function unitOfSet(templates: Iterable<Named>, path: SetPath): UnitName | null {
  for (const pattern of Array.from(templates).flatMap(patternsOf)) {
    const unit = unitOfSetPath(pattern, path);
    if (unit !== null) return unit;
  }
  return null;
}

/** Globs that cover every unit of the templates. */
export const globsOf = (templates: Iterable<Named>): string[] =>
  Array.from(templates).flatMap((template) => patternsOf(template).map(globOf));
