import { expectTrue } from "./check.ts";

/** What the demo changes of the shipped example: an idle helper should leave while somebody is looking. */
const CHANGES = [
  ["idle_exit_seconds = 60", "idle_exit_seconds = 1"],
  // The hub asks the server itself whether it is up.
  ["settle_ms = 500", "settle_ms = 0"],
] as const;

/** "idle_exit_seconds = 1 and settle_ms = 0" */
export const CHANGED = CHANGES.map(([, to]) => to).join(" and ");

/** The example in the shipped policy, with its comment signs taken off as the file itself advises. */
export function demoPolicy(shipped: string): string {
  let policy = shipped.replaceAll(/^# /gm, "");
  for (const [from, to] of CHANGES) {
    expectTrue(policy.includes(from), `the shipped policy no longer says ${from}`);
    policy = policy.replace(from, to);
  }
  return policy;
}
