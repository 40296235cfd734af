import type { Lane } from "./lanes.ts";
import type { Services } from "./services.ts";

/** The daemon's parts, with what waits for PID 1 or for the account database waiting in a lane. */
export const inLane = (services: Services, lane: Lane): Services => ({
  ...services,
  lane,
  systemd: services.systemd.inLane(lane),
  names: services.names.inLane(lane),
});
