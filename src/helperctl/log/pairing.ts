import type { LogEntry } from "./entry.ts";
import type { AuditRecord } from "./record.ts";

/** A decision and what is known of its end: `lost` is a verb during which the helper ended. */
export interface Decision {
  readonly record: AuditRecord;
  readonly fate: "ended" | "under-way" | "lost";
}

/** Brings the two records of a verb together. Entries come in their order, the oldest first. */
export class Pairing {
  /** Verbs that were begun and have not ended, by the id of their records. */
  readonly #open = new Map<string, { record: AuditRecord; invocation: string }>();

  /** What the next line of the helper tells: one that another run of the helper wrote ends whatever was open. */
  take({ record, invocation }: Pick<LogEntry, "record" | "invocation">): Decision[] {
    const lost = this.lost(invocation);
    if (record === null) return lost;
    if (record.event === "audit") {
      this.#open.delete(record.audit);
      return [...lost, { record, fate: "ended" }];
    }
    this.#open.set(record.audit, { record, invocation });
    return lost;
  }

  /** What was begun in another run of the helper than the one that runs; null: none runs. */
  lost(running: string | null): Decision[] {
    const found = [...this.#open].filter(([, { invocation }]) => invocation !== running);
    for (const [id] of found) this.#open.delete(id);
    return found.map(([, { record }]) => ({ record, fate: "lost" }));
  }

  /** What has no end yet: lost, or under way. */
  rest(running: string | null): Decision[] {
    const lost = this.lost(running);
    return [
      ...lost,
      ...[...this.#open.values()].map(({ record }) => ({ record, fate: "under-way" as const })),
    ];
  }
}
