import { someOf } from "../../check/some-of.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import type { SandboxScore } from "../../machine/sandbox-score.ts";
import { sandboxScore } from "../../machine/sandbox-score.ts";
import type { Check } from "../check.ts";
import { DAEMON_RELOAD, inTurn, putAside } from "../mend.ts";
import { HELPER_SERVICE } from "../names.ts";
import { filesOf, textOf } from "../properties.ts";

/** What was installed has 0.7 on systemd 252. */
const MOST = 1;

/** What an admin has put beside or over what was installed. */
const added = (service: UnitProperties): string[] =>
  filesOf(service).filter((path) => /^\/(?:etc|run)\//.test(path));

export function judgeSandbox(service: UnitProperties, score: SandboxScore | null): Finding[] {
  if (score === null || score.score <= MOST) return [];
  const dropins = added(service);
  const text = `the sandbox of ${HELPER_SERVICE} is weaker than it was installed: systemd-analyze security says ${score.score.toFixed(1)} (${score.rating}); look at ${someOf(dropins)}`;
  const mend = inTurn(...dropins.map(putAside), DAEMON_RELOAD, ["systemctl", "try-restart", HELPER_SERVICE]);
  return [
    {
      code: "sandbox-weak",
      severity: "warning",
      text,
      unit: HELPER_SERVICE,
      ...(dropins[0] === undefined ? {} : { file: dropins[0] }),
      mend,
    },
  ];
}

export const sandbox: Check = {
  name: "sandbox",
  title: "the sandbox of helper.service: whether anything has weakened it",
  run: async ({ machine, unit }) => {
    const service = await unit(HELPER_SERVICE);
    if (service === null || textOf(service, "LoadState") !== "loaded") return [];
    // What was installed needs no program to say that it is what was installed.
    if (added(service).length === 0) return [];
    return judgeSandbox(service, await sandboxScore(machine, HELPER_SERVICE));
  },
};
