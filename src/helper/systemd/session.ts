import { type Lane, OWN_LANE } from "../lanes.ts";
import { Bus, type Claim, type Signal } from "./bus.ts";
import { BusUnavailable } from "./bus-errors.ts";
import { unitOfPath } from "./paths.ts";

const SYSTEMD = "org.freedesktop.systemd1";
export const MANAGER_PATH = "/org/freedesktop/systemd1";
export const MANAGER = "org.freedesktop.systemd1.Manager";
const DBUS = "org.freedesktop.DBus";

const FROM_SYSTEMD = `type='signal',sender='${SYSTEMD}'`;
const OWNER_MATCH = `type='signal',sender='${DBUS}',interface='${DBUS}',member='NameOwnerChanged',arg0='${SYSTEMD}'`;
const EVENT_MATCHES = [
  `${FROM_SYSTEMD},interface='${MANAGER}',member='JobRemoved'`,
  `${FROM_SYSTEMD},interface='${MANAGER}',member='UnitRemoved'`,
  `${FROM_SYSTEMD},interface='${DBUS}.Properties',member='PropertiesChanged',path_namespace='${MANAGER_PATH}/unit'`,
];

export interface SessionEvents {
  /** A job left the queue: its object path and its result. */
  onJobRemoved(job: string, result: string): void;
  /** Some property of a unit changed, or the unit was unloaded. */
  onUnitChanged(unit: string): void;
  /** The session is over: whatever waits for a signal waits in vain. */
  onClose(): void;
}

/** Calls to PID 1, made in one lane. */
export interface Caller {
  /** Calls a method of org.freedesktop.systemd1.Manager. */
  manager(member: string, signature?: string, ...body: unknown[]): Promise<readonly unknown[]>;
  /** Calls a method of one of PID 1's objects. */
  call(
    path: string,
    iface: string,
    member: string,
    signature: string,
    ...body: unknown[]
  ): Promise<readonly unknown[]>;
}

/** A connection to PID 1, with its signals subscribed where somebody wants them. It ends when PID 1 or the bus starts anew. */
export class Session implements Caller {
  #bus!: Bus;
  #owner = "";

  /**
   * @param events null: whoever only looks wants none, and need not wait for their being subscribed
   * @param claim a name to own on the bus
   * @throws BusUnavailable, BusError
   */
  static async open(events: SessionEvents | null, claim: Claim | null = null): Promise<Session> {
    const session = new Session();
    session.#bus = await Bus.connect(
      {
        onSignal: (signal) => session.#dispatch(signal, events),
        onChanged: ({ sender, path }) => {
          const unit = sender === session.#owner ? unitOfPath(path) : null;
          if (unit !== null) events?.onUnitChanged(unit);
        },
        onClose: () => events?.onClose(),
      },
      claim,
    );
    try {
      const matches = [OWNER_MATCH, ...(events === null ? [] : EVENT_MATCHES)];
      await Promise.all(matches.map((rule) => session.toBus("AddMatch", rule)));
      const [owner] = await session.toBus("GetNameOwner", SYSTEMD);
      session.#owner = String(owner);
      if (events !== null) await session.manager("Subscribe");
      // PID 1 may have gone in the same breath as it answered: whoever counts on its signals must not begin to.
      if (!session.open) throw new BusUnavailable("systemd went away while it was connected to", false);
      return session;
    } catch (error) {
      session.#bus.close();
      throw error;
    }
  }

  get open(): boolean {
    return this.#bus.open;
  }

  close(): void {
    this.#bus.close();
  }

  manager(member: string, signature = "", ...body: unknown[]): Promise<readonly unknown[]> {
    return this.call(MANAGER_PATH, MANAGER, member, signature, ...body);
  }

  inLane(lane: Lane): Caller {
    const call: Caller["call"] = (path, iface, member, signature, ...body) =>
      this.#call(lane, path, iface, member, signature, body);
    return {
      call,
      manager: (member, signature = "", ...body) => call(MANAGER_PATH, MANAGER, member, signature, ...body),
    };
  }

  call(
    path: string,
    iface: string,
    member: string,
    signature: string,
    ...body: unknown[]
  ): Promise<readonly unknown[]> {
    return this.#call(OWN_LANE, path, iface, member, signature, body);
  }

  #call(
    lane: Lane,
    path: string,
    iface: string,
    member: string,
    signature: string,
    body: readonly unknown[],
  ): Promise<readonly unknown[]> {
    // The unique name, not the well-known one: a reply can then only be PID 1's, of this very session.
    return this.#bus.call(
      { destination: this.#owner, path, interface: iface, member, signature, body },
      lane,
    );
  }

  /** Calls a method of the bus itself. */
  toBus(member: string, ...args: readonly string[]): Promise<readonly unknown[]> {
    const path = "/org/freedesktop/DBus";
    return this.#bus.call({
      destination: DBUS,
      path,
      interface: DBUS,
      member,
      signature: "s".repeat(args.length),
      body: args,
    });
  }

  #dispatch(signal: Signal, events: SessionEvents | null): void {
    if (signal.sender === DBUS && signal.member === "NameOwnerChanged") {
      if (signal.body[0] === SYSTEMD) this.#bus.close(); // daemon-reexec: subscriptions are gone with the old owner
      return;
    }
    // Match rules do not hold for a signal that is addressed to us, and any account may send one.
    if (events === null || signal.sender !== this.#owner) return;
    if (signal.member === "JobRemoved") {
      const [, job, , result] = signal.body;
      events.onJobRemoved(String(job), String(result));
    } else if (signal.member === "UnitRemoved") {
      events.onUnitChanged(String(signal.body[0]));
    }
  }
}
