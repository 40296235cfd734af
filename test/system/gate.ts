import type { Stage } from "./stage.ts";

/** A server whose start takes until the test lets it go on. */
export class Gate {
  readonly #stage: Stage;
  readonly #fifo: string;
  readonly user: string;
  readonly unit: string;

  private constructor(stage: Stage, user: string, unit: string, fifo: string) {
    this.#stage = stage;
    this.user = user;
    this.unit = unit;
    this.#fifo = fifo;
  }

  /** Makes an account and its unit, a oneshot that stays active once it was let through. */
  static async make(stage: Stage, user: string): Promise<Gate> {
    const fifo = `/opt/gate-${user}`;
    await stage.testbed.run(["mkfifo", "--mode=644", fifo]);
    const lines = ["Type=oneshot", "RemainAfterExit=yes", `ExecStart=/bin/sh -c 'read line <${fifo}'`];
    return new Gate(stage, user, await stage.server(user, lines), fifo);
  }

  /** Lets one start through; waits for it to come. */
  async open(): Promise<void> {
    await this.#stage.testbed.run(["sh", "-c", `echo go >${this.#fifo}`]);
  }
}
