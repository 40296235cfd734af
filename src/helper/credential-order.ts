import type { MethodName } from "../protocol/methods.ts";

/** Methods that change what is staged for a target. */
const STAGES: ReadonlySet<string> = new Set<MethodName>(["write-credentials", "remove-credentials"]);
/** Methods that wait for it. A stop waits for nothing. */
const WAITS: ReadonlySet<string> = new Set<MethodName>(["write-credentials", "remove-credentials", "start"]);

/**
 * The order of one connection's requests about credentials: they are carried out as they were sent, and before a
 * start that was sent later, also when the peer waits for no reply in between.
 */
export class CredentialOrder {
  /** The last of the unfinished requests, by target. None of them rejects. */
  readonly #last = new Map<string, Promise<void>>();

  async inTurn<T>(
    method: MethodName,
    target: { readonly user: string; readonly server: string } | null,
    act: () => Promise<T>,
  ): Promise<T> {
    if (target === null || !WAITS.has(method)) return act();
    const key = `${target.user}/${target.server}`;
    const before = this.#last.get(key);
    const acting = before === undefined ? act() : before.then(act);
    if (STAGES.has(method)) this.#append(key, acting);
    return acting;
  }

  #append(key: string, acting: Promise<unknown>): void {
    const ended = (): void => {
      if (this.#last.get(key) === done) this.#last.delete(key);
    };
    const done = acting.then(ended, ended);
    this.#last.set(key, done);
  }
}
