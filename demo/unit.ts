import { setPathOf } from "../src/units/credential-path.ts";
import type { Testbed } from "../testbed/index.ts";

/** Lines of `systemctl show`. */
export const parseProperties = (text: string): Partial<Record<string, string>> =>
  Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

/** Everything that systemd says of a unit, to anybody who asks. */
export async function showUnit(testbed: Testbed, unit: string): Promise<Partial<Record<string, string>>> {
  return parseProperties((await testbed.run(["systemctl", "show", "--all", unit])).stdout);
}

/** Where the helper stages the credentials of a unit. */
export const setOf = (unit: string): string => `/run/hub-helper/credentials/${setPathOf(unit) ?? ""}`;

export async function isActive(testbed: Testbed, unit: string): Promise<boolean> {
  return (await testbed.run(["systemctl", "is-active", "--quiet", unit], { check: false })).status === 0;
}
