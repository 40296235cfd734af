/** A staged credential, as it is shown: its name and its size, never its value. */
export interface StagedCredential {
  name: string;
  bytes: number;
}

/**
 * What systemd says of one target's unit. Numbers and strings are systemd's own
 * (org.freedesktop.systemd1(5)); what is absent is null.
 */
export interface UnitState {
  unit: string;
  template: string;
  user: string;
  /** `""` for the user's default server. */
  server: string;
  /** `loaded`, `not-found`, `bad-setting`, `error`, `masked` ... */
  loadState: string;
  /** `active`, `reloading`, `inactive`, `failed`, `activating`, `deactivating` ... */
  activeState: string;
  subState: string;
  /** `success`, `exit-code`, `signal`, `timeout`, `oom-kill`, `start-limit-hit` ... */
  result: string | null;
  /** The service's own words (sd_notify STATUS=): control characters escaped, at most 200 characters. */
  statusText: string | null;
  mainPid: number | null;
  execMainCode: number | null;
  execMainStatus: number | null;
  nRestarts: number | null;
  /** 32 hexadecimal digits. */
  invocationId: string | null;
  /** RFC 3339, UTC. */
  activeSince: string | null;
  memoryBytes: number | null;
  tasks: number | null;
  cpuSeconds: number | null;
  needDaemonReload: boolean;
  credentials: StagedCredential[];
}
