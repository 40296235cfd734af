import type { Audit } from "./audit.ts";
import type { Collector } from "./collector.ts";
import type { ConnectedPeers } from "./connected-peers.ts";
import type { CredentialStore } from "./credentials/store.ts";
import type { JobTurns } from "./job-turns.ts";
import type { Lane } from "./lanes.ts";
import type { Limiter } from "./limiter.ts";
import type { Log } from "./log.ts";
import type { Names } from "./names.ts";
import type { Operations } from "./operations.ts";
import type { PolicyHolder } from "./policy-holder.ts";
import type { Rotation } from "./rotation.ts";
import type { Shares } from "./shares.ts";
import type { StartRecords } from "./start-records.ts";
import type { Systemd } from "./systemd/systemd.ts";
import type { UnitChanges } from "./unit-changes.ts";
import type { Watchers } from "./watchers.ts";

/** The parts of the daemon, made once in main.ts. */
export interface Services {
  /** For whom `systemd` and `names` work here. */
  readonly lane: Lane;
  readonly names: Names;
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
  readonly rotation: Rotation;
  readonly shares: Shares;
  /** How often the helper was started since the machine was; null where that is not known. */
  readonly activations: number | null;
  readonly audit: Audit;
  readonly policy: PolicyHolder;
  readonly log: Log;
}
