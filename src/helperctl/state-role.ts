import type { Role } from "./screen.ts";

const ROLES: Readonly<Partial<Record<string, Role>>> = { active: "good", failed: "bad", inactive: "aside" };

/** How an ActiveState looks: good, bad, gone, or on its way. */
export const roleOfState = (activeState: string): Role => ROLES[activeState] ?? "warning";
