import type { Testbed } from "../testbed/index.ts";

const LINES = 12;

/** The end of each unit's journal, for a person to read. */
export async function lastLines(testbed: Testbed, units: readonly string[]): Promise<string> {
  const parts = units.map(async (unit) => {
    const argv = [
      "journalctl",
      `--unit=${unit}`,
      `--lines=${LINES}`,
      "--output=short-precise",
      "--no-hostname",
    ];
    const { stdout } = await testbed.run([...argv, "--no-pager", "--quiet"], { check: false });
    return `\nThe last that the journal has of ${unit}:\n${stdout.trimEnd() || "nothing"}`;
  });
  return (await Promise.all(parts)).join("\n");
}
