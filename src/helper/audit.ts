import { randomUUID } from "node:crypto";
import type { Reason } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { RequestId } from "../protocol/request.ts";
import type { Refusal } from "../protocol/results.ts";
import { monotonicMs } from "./clock.ts";
import type { Log } from "./log.ts";
import { RefusalRecords } from "./refusal-records.ts";

/** What a record says of a request before its outcome is known. Names are as the peer sent them, cut short. */
export interface AuditSubject {
  readonly peerUid: number | null;
  readonly peerPid: number;
  readonly peerUnit: string | null;
  readonly method: string;
  readonly requestId: RequestId;
  readonly template: string | null;
  readonly user: string | null;
  readonly server: string | null;
  readonly policyHash: string;
}

/** What the policy said. `reason` is null for what it allows. */
export interface AuditDecision {
  readonly decision: "allowed" | "refused";
  readonly reason: Reason | null;
  readonly rule: string | null;
  readonly unit: string | null;
}

const CHARACTERS = 64;
const REFUSALS_KEPT = 20;

const short = <T>(text: T): T | string => (typeof text === "string" ? text.slice(0, CHARACTERS) : text);

/** Every decision leaves one record. */
export class Audit {
  readonly #log: Log;
  readonly #strictLog: Log;
  readonly #onLogLost: () => void;
  readonly #lastRefusals: Refusal[] = [];
  readonly #allowed = new Map<string, number>();
  readonly #refusals = new RefusalRecords<object>((record, count) => {
    const many = count === 1 ? {} : { count };
    this.#log.warn({ event: "audit", audit: randomUUID(), ...record, ...many });
  });
  #refused = 0;

  /**
   * @param strictLog throws for a line that it cannot write
   * @param onLogLost runs when nobody will ever read the log again
   */
  constructor(log: Log, strictLog: Log, onLogLost: () => void) {
    this.#log = log;
    this.#strictLog = strictLog;
    this.#onLogLost = onLogLost;
  }

  /**
   * Announces a verb that is about to be carried out: if the helper dies on the way, this line is what is left of it.
   * @returns closes the record with its outcome
   * @throws ProtocolError `unavailable` when the line cannot be written: then the verb must not be carried out
   */
  begin(subject: AuditSubject, decision: AuditDecision): (outcome: string) => void {
    const audit = randomUUID();
    const begunAtMs = monotonicMs();
    try {
      this.#strictLog.info({
        event: "begin",
        audit,
        ...cut(subject),
        unit: decision.unit,
        rule: decision.rule,
      });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "EPIPE") this.#onLogLost();
      throw new ProtocolError("unavailable", { problem: "audit", outcome: "none" }, { cause });
    }
    return (outcome) => {
      const durationMs = monotonicMs() - begunAtMs;
      this.#log.info({ event: "audit", audit, ...cut(subject), ...decision, outcome, durationMs });
    };
  }

  /** Records a request that was refused. */
  refused(subject: AuditSubject, decision: AuditDecision, durationMs: number): void {
    this.#refused++;
    this.#lastRefusals.push({
      time: new Date().toISOString(),
      peerUid: subject.peerUid,
      method: subject.method.slice(0, CHARACTERS),
      reason: decision.reason ?? "",
    });
    if (this.#lastRefusals.length > REFUSALS_KEPT) this.#lastRefusals.shift();
    const record = { ...cut(subject), ...decision, outcome: "refused", durationMs };
    this.#refusals.record(subject.peerUid, record);
  }

  /** Writes what is still to be recorded: the helper is about to exit. */
  flush(): void {
    this.#refusals.flush();
  }

  /** Counts what was allowed. */
  allowed(method: string): void {
    this.#allowed.set(method, (this.#allowed.get(method) ?? 0) + 1);
  }

  get lastRefusals(): readonly Refusal[] {
    return this.#lastRefusals;
  }

  get counts(): { allowed: Record<string, number>; refused: number } {
    return { allowed: Object.fromEntries(this.#allowed), refused: this.#refused };
  }
}

const cut = (subject: AuditSubject): Record<string, unknown> =>
  Object.fromEntries(Object.entries(subject).map(([name, value]: [string, unknown]) => [name, short(value)]));
