import type { UnitState } from "../../src/protocol/unit-state.ts";

/** A unit's state, with what matters to a test. */
export const unitState = (members: Partial<UnitState> = {}): UnitState => ({
  unit: "jupyterhub-singleuser-zoe.service",
  template: "singleuser",
  user: "zoe",
  server: "",
  loadState: "loaded",
  activeState: "active",
  subState: "running",
  result: "success",
  statusText: null,
  mainPid: 4711,
  execMainCode: 0,
  execMainStatus: 0,
  nRestarts: 0,
  invocationId: null,
  activeSince: null,
  memoryBytes: null,
  tasks: null,
  cpuSeconds: null,
  needDaemonReload: false,
  credentials: [],
  ...members,
});
