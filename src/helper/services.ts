import type { NameService } from "../policy/types.ts";
import type { Audit } from "./audit.ts";
import type { Collector } from "./collector.ts";
import type { ConnectedPeers } from "./connected-peers.ts";
import type { CredentialStore } from "./credentials/store.ts";
import type { JobTurns } from "./job-turns.ts";
import type { Limiter } from "./limiter.ts";
import type { Log } from "./log.ts";
import type { Operations } from "./operations.ts";
import type { PolicyHolder } from "./policy-holder.ts";
import type { StartRecords } from "./start-records.ts";
import type { Systemd } from "./systemd/systemd.ts";
import type { UnitChanges } from "./unit-changes.ts";
import type { Watchers } from "./watchers.ts";

/** The parts of the daemon, made once in main.ts. */
export interface Services {
  readonly names: NameService;
  readonly systemd: Systemd;
  readonly store: CredentialStore;
  readonly records: StartRecords;
  readonly operations: Operations;
  readonly turns: JobTurns;
  readonly collector: Collector;
  readonly changes: UnitChanges;
  readonly watchers: Watchers;
  readonly limiter: Limiter;
  readonly peers: ConnectedPeers;
  /** How often the helper was started since the machine was; null where that is not known. */
  readonly activations: number | null;
  readonly audit: Audit;
  readonly policy: PolicyHolder;
  readonly log: Log;
}
