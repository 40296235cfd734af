import type { Role } from "./screen.ts";

// A map: what comes from outside must not find what every object has.
const ROLES: ReadonlyMap<string, Role> = new Map([
  ["active", "good"],
  ["failed", "bad"],
  ["inactive", "aside"],
]);

/** How an ActiveState looks: good, bad, gone, or on its way. */
export const roleOfState = (activeState: string): Role => ROLES.get(activeState) ?? "warning";
