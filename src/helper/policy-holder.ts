import { loadPolicy } from "../policy/load.ts";
import { POLICY_PATHS } from "../policy/paths.ts";
import { PolicyError } from "../policy/problem.ts";
import type { NameService, Policy } from "../policy/types.ts";
import { renderProblem } from "../policy/problem.ts";
import { monotonicMs } from "./clock.ts";
import { kernelKnowsPeers } from "./posix/peer.ts";
import type { Log } from "./log.ts";

/** The policy in force. A broken file never takes the place of one that was whole. */
export class PolicyHolder {
  readonly #names: NameService;
  readonly #log: Log;
  #policy: Policy | null = null;
  #loadedAtMs = 0;
  #loading: Promise<unknown> = Promise.resolve();

  constructor(names: NameService, log: Log) {
    this.#names = names;
    this.#log = log;
  }

  /** Null: no policy could be loaded since the helper started. */
  get current(): Policy | null {
    return this.#policy;
  }

  get ageSeconds(): number {
    return (monotonicMs() - this.#loadedAtMs) / 1000;
  }

  /**
   * Loads the policy anew, after every load that began before: names may take long to look up, and an older file
   * must not come into force last.
   * @returns what is wrong with it, or null when it is in force now
   */
  load(): Promise<string | null> {
    const loading = this.#loading.then(() => this.#load());
    this.#loading = loading;
    return loading;
  }

  async #load(): Promise<string | null> {
    try {
      const policy = await loadPolicy(this.#names, POLICY_PATHS, { knowsPeerUnits: kernelKnowsPeers() });
      this.#policy = policy;
      this.#loadedAtMs = monotonicMs();
      for (const warning of policy.warnings) {
        this.#log.warn({ event: "policy-warning", problem: renderProblem(warning) });
      }
      this.#log.info({ event: "policy-loaded", hash: policy.hash });
      return null;
    } catch (error) {
      const problems = error instanceof PolicyError ? error.problems.map(renderProblem) : [String(error)];
      for (const problem of problems) this.#log.error({ event: "policy-broken", problem }, problem);
      return problems[0] ?? "the policy cannot be loaded";
    }
  }
}
