import { ask } from "../ask.ts";
import type { Run } from "../command.ts";
import { contextOf } from "../doctor/context.ts";
import { diagnose } from "../doctor/diagnose.ts";
import { doctorJson } from "../doctor/json.ts";
import { renderDiagnoses } from "../doctor/render.ts";
import { statusOf } from "../finding.ts";
import { harmlessJson } from "../harmless.ts";
import { withMachine } from "../machine/with-machine.ts";

/** Looks at the whole installation, and changes nothing. */
export const doctor: Run = async ({ flags }, surroundings) => {
  const { print, screen, nowMs, caller, policyGround } = surroundings;
  const diagnoses = await withMachine(surroundings, async (machine) => {
    const context = contextOf({
      machine,
      ground: await policyGround(),
      isRoot: caller().uid === 0,
      nowMs: nowMs(),
      ask: () => ask(surroundings, (client) => client.describe()),
    });
    return diagnose(context);
  });
  print(flags.has("json") ? harmlessJson(doctorJson(diagnoses)) : renderDiagnoses(diagnoses, screen));
  return statusOf(
    diagnoses.flatMap(({ findings }) => findings),
    flags.has("strict"),
  );
};
