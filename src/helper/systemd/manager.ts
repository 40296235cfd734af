import { BUS_NAME } from "./bus-name.ts";
import { Jobs } from "./jobs.ts";
import { Session } from "./session.ts";

export interface SystemdEvents {
  onUnitChanged(unit: string): void;
  /** Events may have been missed: watches need a fresh snapshot. */
  onGap(): void;
  /** The bus does not protect this connection from other accounts. */
  onUnprotected(name: string, reason: string): void;
}

/** The one connection to PID 1, over the system bus. Connects when first asked, and again after the bus or PID 1 went away. */
export class Manager {
  readonly jobs = new Jobs();
  readonly #events: SystemdEvents;
  #session: Promise<Session> | null = null;

  constructor(events: SystemdEvents) {
    this.#events = events;
  }

  /** @throws BusUnavailable, BusError */
  async connect(): Promise<Session> {
    const session = (this.#session ??= this.#open());
    try {
      return await session;
    } catch (error) {
      // A caller that waited for this session must not clear a newer one.
      if (this.#session === session) this.#session = null;
      throw error;
    }
  }

  async #open(): Promise<Session> {
    let established = false;
    const session = await Session.open(
      {
        onJobRemoved: (job, result) => this.jobs.removed(job, result),
        onUnitChanged: (unit) => this.#events.onUnitChanged(unit),
        onClose: () => {
          if (!established) return;
          this.#session = null;
          this.jobs.lost();
          this.#events.onGap();
        },
      },
      { name: BUS_NAME, onRefused: (reason) => this.#events.onUnprotected(BUS_NAME, reason) },
    );
    established = true;
    return session;
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    session?.close();
  }
}
