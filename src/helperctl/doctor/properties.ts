import type { UnitProperties } from "../machine/machine.ts";

/** Properties of a unit, by their types on the bus. What is not there has the empty value of its type. */
export const textOf = (unit: UnitProperties, name: string): string =>
  (unit[name] as string | undefined) ?? "";
export const textsOf = (unit: UnitProperties, name: string): readonly string[] =>
  (unit[name] as string[] | undefined) ?? [];
export const flagOf = (unit: UnitProperties, name: string): boolean => unit[name] === true;
export const numberOf = (unit: UnitProperties, name: string): number =>
  Number((unit[name] as number | bigint | undefined) ?? 0);

/** The files that a unit is read from, in the order in which they count. */
export const filesOf = (unit: UnitProperties): string[] =>
  [textOf(unit, "FragmentPath"), ...textsOf(unit, "DropInPaths")].filter((path) => path !== "");
