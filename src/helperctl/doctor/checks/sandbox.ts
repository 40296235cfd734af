import type { Finding } from "../../finding.ts";
import { sandboxScore } from "../../machine/sandbox-score.ts";
import type { SandboxScore } from "../../machine/sandbox-score.ts";
import type { Check } from "../check.ts";
import type { UnitFacts } from "../unit-facts.ts";
import { overrides, textOf, unitFacts } from "../unit-facts.ts";

const SERVICE = "helper.service";
/** What helper.service is shipped with scores less than this. */
const MOST_EXPOSED = 1;

const revert = (service: UnitFacts): string | null =>
  overrides(service).length === 0 ? null : `systemctl revert ${SERVICE} && systemctl try-restart ${SERVICE}`;

const because = (service: UnitFacts): string => {
  const files = overrides(service);
  return files.length === 0 ? "" : ` (see ${files.join(", ")})`;
};

export function judgeScore(service: UnitFacts, score: SandboxScore | null): Finding[] {
  if (score === null || score.score <= MOST_EXPOSED) return [];
  const text = `its sandbox is weaker than it was shipped: an exposure of ${score.score} (${score.rating}) instead of less than ${MOST_EXPOSED}${because(service)}`;
  return [{ code: "sandbox-weak", severity: "warning", unit: SERVICE, text, mend: revert(service) }];
}

/** journald drops records of a busy service, unless it is told not to. */
export function judgeRateLimit(service: UnitFacts, intervalUsec: bigint): Finding[] {
  if (intervalUsec === 0n) return [];
  const text = `the journal may drop records of the audit log: LogRateLimitIntervalSec= is not 0${because(service)}`;
  return [{ code: "log-rate-limited", severity: "warning", unit: SERVICE, text, mend: revert(service) }];
}

/** PID 1 starts and stops units for uid 0 alone. */
export function judgeAccount(service: UnitFacts, user: string): Finding[] {
  if (user === "" || user === "root" || user === "0") return [];
  const text = `it runs as ${user}, and systemd starts and stops units for root alone${because(service)}`;
  return [{ code: "helper-not-root", severity: "error", unit: SERVICE, text, mend: revert(service) }];
}

/** What the helper itself is allowed to do. */
export const sandbox: Check = {
  name: "sandbox",
  title: "the helper's own sandbox",
  async run({ unit, machine }) {
    const properties = await unit(SERVICE);
    const service = unitFacts(SERVICE, properties ?? {});
    if (properties === null || service.loadState !== "loaded") return [];
    return [
      ...judgeScore(service, await sandboxScore(machine, SERVICE)),
      ...judgeRateLimit(service, (properties["LogRateLimitIntervalUSec"] as bigint | undefined) ?? 0n),
      ...judgeAccount(service, textOf(properties, "User")),
    ];
  },
};
