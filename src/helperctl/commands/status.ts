import type { DescribeResult } from "../../protocol/results.ts";
import { ask } from "../ask.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmlessJson } from "../harmless.ts";
import type { ShownMachine } from "../status/look.ts";
import { renderStatus } from "../status/render.ts";

/** What `status --json` prints: what `describe` answers, and to root what the machine shows of the helper. */
export type StatusJson = DescribeResult & Partial<Omit<ShownMachine, "names">>;

function jsonOf(description: DescribeResult, machine: ShownMachine | null): StatusJson {
  if (machine === null) return description;
  const { socket, sandbox, doctor } = machine;
  return { ...description, socket, sandbox, doctor };
}

/** What the helper says of itself and of the caller; root also sees what the machine says of it. */
export const status: Run = async ({ flags }, surroundings) => {
  const { print, screen, nowMs, caller } = surroundings;
  // Others would see little of the machine. What is looked at there is asked for first: it takes longest.
  const look = caller().uid === 0 ? (await import("../status/look.ts")).beginLook(nowMs()) : null;
  const description = await ask(surroundings, (client) => client.describe());
  const machine = look === null ? null : await look(description);
  print(
    flags.has("json")
      ? harmlessJson(jsonOf(description, machine))
      : renderStatus(description, machine, nowMs(), screen),
  );
  return EXIT.yes;
};
