import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { Place } from "../dropin.ts";
import { placeOf, restartOf, setInDropin } from "../dropin.ts";
import { inTurn } from "../mend.ts";
import { textOf } from "../properties.ts";
import type { HubFault } from "./judge-hub.ts";

function mendOf(unit: UnitProperties, place: Place, { mend }: HubFault): string | null {
  if (mend === null) return null;
  if (mend.kind === "set") return setInDropin(unit, place, mend);
  return inTurn(["gpasswd", "--delete", mend.user, mend.group], restartOf(unit));
}

/** A fault of a hub's unit, with its place in the unit's files. */
export async function findingOf(unit: UnitProperties, fault: HubFault): Promise<Finding> {
  const { code, severity, problem, key } = fault;
  const name = textOf(unit, "Id");
  const place = key === null ? {} : await placeOf(unit, key);
  return {
    code,
    severity,
    text: `${name}: ${problem}`,
    unit: name,
    ...place,
    mend: mendOf(unit, place, fault),
  };
}
