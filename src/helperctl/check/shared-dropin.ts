import { matchPattern } from "../../units/pattern.ts";
import type { UnitPattern } from "../../units/pattern.ts";
import type { UnitBehind } from "./complaint.ts";

const patternOf = ({ name, template }: UnitBehind): UnitPattern | null =>
  [template.unit, ...(template.namedUnit === null ? [] : [template.namedUnit])].find(
    (pattern) => matchPattern(pattern, name) !== null,
  ) ?? null;

const literalOf = (pattern: UnitPattern, at: number): string => {
  const part = pattern.parts[at];
  return part !== undefined && "literal" in part ? part.literal : "";
};

/**
 * The name of the directory whose drop-ins are for every unit of the pattern: systemd looks for those of a prefix
 * that ends in `-`, and of a template that ends in `@`.
 */
export function sharedDirectory(unit: UnitBehind): string | null {
  const pattern = patternOf(unit);
  return pattern === null ? null : `${literalOf(pattern, 0)}.service.d`;
}

/** What a drop-in for every unit of the pattern writes for the account; null where no specifier stands for it alone. */
export function sharedUser(unit: UnitBehind): string | null {
  const pattern = patternOf(unit);
  const first = pattern?.parts[1];
  if (pattern === null || first === undefined || !("placeholder" in first) || first.placeholder !== "user") {
    return null;
  }
  const after = literalOf(pattern, 2);
  // %J is what stands behind the last - of the name, or before its @; %I is what stands behind the @. Both unescaped.
  if (literalOf(pattern, 0).endsWith("-")) return /^(?:\.service$|@)/.test(after) ? "%J" : null;
  return after === ".service" ? "%I" : null;
}
