import type { Account, NameService, Resolved, UnitProblem } from "../policy/types.ts";
import { verifyId, verifyUnit } from "../units/verify.ts";
import type { Systemd } from "./systemd/systemd.ts";
import { surroundUnit } from "./unit-surroundings.ts";

/** Methods that hand something to the unit: for them it must be what the policy says. The others only end or show it. */
const NEEDS_WHOLE_UNIT = new Set(["start", "write-credentials"]);

export const needsWholeUnit = (method: string): boolean => NEEDS_WHOLE_UNIT.has(method);

interface Parts {
  readonly systemd: Systemd;
  readonly names: NameService;
}

async function verifyWhole(
  parts: Parts,
  { unit, template }: Resolved,
  account: Account | null,
): Promise<UnitProblem | null> {
  const raw = await parts.systemd.load(unit);
  const around = await surroundUnit(parts, unit, raw, template, account);
  if (around === null) return { kind: "refused", problem: "the account that the policy says does not exist" };
  return verifyUnit(unit, raw, around);
}

/** Judges the unit behind a target, as far as the method needs it. */
export async function verifyTarget(
  parts: Parts,
  method: string,
  resolved: Resolved,
  account: Account | null,
): Promise<UnitProblem | null> {
  if (needsWholeUnit(method)) return verifyWhole(parts, resolved, account);
  const raw = await parts.systemd.glance(resolved.unit);
  return raw === null ? null : verifyId(resolved.unit, raw);
}
