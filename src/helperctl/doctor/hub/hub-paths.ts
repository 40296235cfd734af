import { mendOwnership } from "../../check/ownership.ts";
import { findReplaceable } from "../../check/opened-as-root.ts";
import { UnitTexts } from "../../check/unit-texts.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import { placeOf } from "../dropin.ts";
import { inTurn } from "../mend.ts";
import { filesOf, textOf } from "../properties.ts";

/** What systemd opens as root for a hub, such as its credentials, where the hub or others can put a link in its place. */
export async function findHubPaths(properties: UnitProperties): Promise<Finding[]> {
  const name = textOf(properties, "Id");
  const { assignments } = await new UnitTexts().read(filesOf(properties));
  const replaceable = findReplaceable({ name, properties, assignments });
  return Promise.all(
    replaceable.map(async ({ key, severity, path, faults, problem }) => {
      const mend = mendOwnership(faults, path);
      return {
        code: "hub-opened-as-root",
        severity,
        text: `${name}: ${problem}; every directory on the way must be root's`,
        unit: name,
        ...(await placeOf(properties, key)),
        mend: mend?.kind === "run" ? inTurn(...mend.commands) : null,
      };
    }),
  );
}
