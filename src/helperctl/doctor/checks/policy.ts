import { HelperError } from "../../../client/errors.ts";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { unitFacts } from "../unit-facts.ts";

/** What `helperctl check` says. */
export const policy: Check = {
  name: "policy",
  title: "the policy, and the units behind it",
  run: async ({ checked }) => (await checked()).findings,
};

export function judgeHash(inForce: string | undefined, onDisk: string): Finding[] {
  if (inForce === undefined || inForce === onDisk) return [];
  return [
    {
      code: "policy-not-in-force",
      severity: "warning",
      text: "the helper that runs decides by an older policy than the one on disk",
      mend: "systemctl try-reload-or-restart helper",
    },
  ];
}

export function judgeLostLines(lost: number | undefined): Finding[] {
  if (lost === undefined || lost === 0) return [];
  const text = `${lost} lines of the log could not be written since the helper was started: is there room for the journal?`;
  return [{ code: "log-lost", severity: "warning", text, mend: null }];
}

/** What the helper that runs says of itself. One that is idle is not woken for that. */
export const inForce: Check = {
  name: "in-force",
  title: "the helper that runs",
  needsRoot: true,
  async run({ unit, policy: load, openClient }) {
    const service = unitFacts("helper.service", (await unit("helper.service")) ?? {});
    const onDisk = await load();
    if (service.activeState !== "active") return [];
    const client = await openClient();
    try {
      const description = await client.describe();
      const hash = description.policy?.hash;
      return [
        ...(onDisk === null ? [] : judgeHash(hash, onDisk.hash)),
        ...judgeLostLines(description.lostLogLines),
      ];
    } catch (error) {
      if (!(error instanceof HelperError)) throw error;
      // A policy that does not load is told of already.
      if (error.code === "unavailable") return [];
      return [
        {
          code: "helper-silent",
          severity: "error",
          text: `the helper runs, and does not answer: ${error.message}`,
          mend: null,
        },
      ];
    } finally {
      client.close();
    }
  },
};
