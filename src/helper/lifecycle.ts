import { monotonicMs } from "./clock.ts";
import { IdleExit } from "./idle-exit.ts";
import { notify } from "./posix/notify.ts";
import { HelperServer } from "./server.ts";
import type { Services } from "./services.ts";

const EX_CONFIG = 78;
/** How long a helper without a policy lets callers in to tell them so, in milliseconds. */
const BROKEN_MS = 500;
/** How long it then waits for those who got in to ask and to leave, in milliseconds. */
const BROKEN_LINGER_MS = 1_000;
/** How long jobs that are under way are waited for at SIGTERM, in milliseconds; TimeoutStopSec= is longer. */
const DRAIN_MS = 10_000;
/** How long a helper stays after a reload at least, in milliseconds: systemd starts no other while it reloads this one. */
const RELOAD_LINGER_MS = 2_000;
const FLUSH_MS = 1_000;
const LOOK_AGAIN_MS = 20;

/** What the service manager shows is one line. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").slice(0, 300);

/** The daemon from its start to its end, as systemd sees it: sd_notify(3), daemon(7). */
export class Lifecycle {
  readonly #services: Services;
  readonly #server: HelperServer;
  readonly #idle: IdleExit;
  #stopping = false;

  constructor(services: Services) {
    this.#services = services;
    const { limiter } = services;
    this.#server = new HelperServer(services, {
      onBusy: () => this.#idle.disarm(),
      onIdle: () => this.#idle.arm(),
    });
    this.#idle = new IdleExit({
      afterMs: () => (this.#isBroken ? BROKEN_MS : limiter.limits.idle_exit_seconds * 1000),
      isIdle: () => limiter.connections === 0 && limiter.inFlight === 0,
      exit: () => this.#exit(),
    });
  }

  get #isBroken(): boolean {
    return this.#services.policy.current === null;
  }

  /** Loads the policy, listens and serves. */
  async run(where: { fd: number } | { path: string }): Promise<void> {
    const { policy, collector } = this.#services;
    const problem = await policy.load();
    await this.#server.listen(where);
    process.on("SIGHUP", () => void this.#reload());
    process.on("SIGTERM", () => void this.#stop());
    process.on("SIGINT", () => void this.#stop());
    this.#idle.arm();
    if (problem === null) {
      collector.start();
      this.#connect();
    }
    // Without a policy there is somebody to tell so all the same: what is not accepted would start us again at once.
    else setTimeout(() => void this.#leave(), BROKEN_MS);
    notify([
      "READY=1",
      problem === null ? "STATUS=Serving." : `STATUS=The policy is broken: ${oneLine(problem)}`,
    ]);
  }

  /** Owns the name on the bus from the start on, and not only from the first request that needs systemd. */
  #connect(): void {
    const { systemd, log } = this.#services;
    systemd.connect().catch((error: unknown) => {
      log.warn({ event: "bus-unreachable", err: error }, "systemd cannot be reached over the system bus yet");
    });
  }

  async #reload(): Promise<void> {
    const { policy, watchers, limiter } = this.#services;
    notify(["RELOADING=1", `MONOTONIC_USEC=${monotonicMs() * 1000}`]);
    const problem = await policy.load();
    if (problem === null) {
      limiter.reset();
      // The idle time may be another now. Who asked for the reload is about to connect and see.
      if (limiter.connections === 0) this.#idle.arm(RELOAD_LINGER_MS);
      watchers.resync();
    }
    notify([
      "READY=1",
      problem === null
        ? "STATUS=Serving."
        : `STATUS=The old policy stays, the new one is broken: ${oneLine(problem)}`,
    ]);
  }

  /** Ends a helper that started without a policy. Who got in is told; who comes now waits for the next helper. */
  async #leave(): Promise<void> {
    this.#server.stopListening();
    await until(() => this.#services.limiter.connections === 0, BROKEN_LINGER_MS);
    await this.#stop();
  }

  /** Lets what is under way end, then ends. */
  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    notify(["STOPPING=1"]);
    this.#server.drain();
    const { limiter, systemd } = this.#services;
    await until(() => limiter.inFlight === 0, DRAIN_MS);
    // Whoever still waits for a job learns that its outcome is not known.
    await systemd.close();
    await until(() => limiter.inFlight === 0, FLUSH_MS);
    await Promise.race([this.#server.close(), until(() => false, FLUSH_MS)]);
    this.#exit();
  }

  #exit(): never {
    this.#services.audit.flush();
    process.exit(this.#isBroken ? EX_CONFIG : 0);
  }
}

async function until(isTrue: () => boolean, ms: number): Promise<void> {
  const end = monotonicMs() + ms;
  while (!isTrue() && monotonicMs() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
}
