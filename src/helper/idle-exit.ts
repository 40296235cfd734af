/** Below this, looking again for the end of what is in flight would be busy waiting, in milliseconds. */
const LOOK_AGAIN_MS = 20;

interface Parts {
  /** How long nothing must have happened, in milliseconds. */
  readonly afterMs: () => number;
  readonly isIdle: () => boolean;
  /** Must end the process at once: a connection that comes in a later turn would be lost. */
  readonly exit: () => void;
}

/** Ends the helper when nobody needs it. systemd keeps the socket, and starts it again for the next caller. */
export class IdleExit {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #lastLook: NodeJS.Immediate | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Nobody is connected any more.
   * @param atLeastMs how long nothing must have happened, where the limit is shorter
   */
  arm(atLeastMs = 0): void {
    this.disarm();
    this.#timer = setTimeout(() => this.#look(), Math.max(atLeastMs, this.#parts.afterMs()));
  }

  disarm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
  }

  /** What was begun goes on after its caller has left: it is waited for. */
  #look(): void {
    // Immediates run after the poll phase: whoever is in the socket's queue by now is served and not left to the next helper.
    this.#lastLook = setImmediate(() => {
      if (this.#parts.isIdle()) this.#parts.exit();
      else this.#timer = setTimeout(() => this.#look(), LOOK_AGAIN_MS);
    });
  }
}
