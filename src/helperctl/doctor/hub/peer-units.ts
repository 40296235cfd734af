import type { Policy } from "../../../policy/types.ts";
import { isVerb } from "../../../protocol/methods.ts";
import type { Finding } from "../../finding.ts";
import { isOlder, KERNEL_WITH_PIDFDS, numbersOf } from "../../version-numbers.ts";

/**
 * Advises the condition that holds a hub to its unit: other processes of its account, such as managed services that
 * a user talks to, cannot ask the helper then.
 * @param units names of the hubs' units, by account
 */
export function advisePeerUnits(
  { rules }: Policy,
  units: ReadonlyMap<string, readonly string[]>,
  kernel: string,
): Finding[] {
  if (isOlder(numbersOf(kernel), KERNEL_WITH_PIDFDS)) return [];
  return rules.flatMap(({ name, methods, peer }): Finding[] => {
    const [unit, ...others] = units.get(peer.user ?? "") ?? [];
    if (peer.unit !== null || unit === undefined || others.length > 0) return [];
    if (![...methods].some(isVerb)) return [];
    const text = `rule "${name}" is open to every process of ${peer.user ?? ""}; with peer = { user = "${peer.user ?? ""}", unit = "${unit}" } only the hub's unit could ask`;
    return [{ code: "peer-any-unit", severity: "note", text, unit, mend: null }];
  });
}
