import type { Resolved } from "../policy/types.ts";
import type { UnitState } from "../protocol/unit-state.ts";
import type { RawUnit } from "../units/raw-unit.ts";
import { toUnitState } from "../units/unit-state.ts";
import type { Services } from "./services.ts";

type Parts = Pick<Services, "systemd" | "store">;

/** What the wire shows of a unit that was just read. */
export const show = (
  { store }: Parts,
  { target, unit }: Pick<Resolved, "target" | "unit">,
  raw: RawUnit,
): UnitState => toUnitState(target, unit, raw, store.list(unit));

/** Reads a unit and shows it; one without a file, or not in memory, is shown as well. */
export const read = async (parts: Parts, resolved: Pick<Resolved, "target" | "unit">): Promise<UnitState> =>
  show(parts, resolved, await parts.systemd.load(resolved.unit));
