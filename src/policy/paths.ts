import type { PolicyPaths } from "./read-files.ts";

/** Where the policy stands. */
export const POLICY_PATHS: PolicyPaths = Object.freeze({
  file: "/etc/hub-helper/policy.toml",
  dropins: "/etc/hub-helper/policy.d",
});
