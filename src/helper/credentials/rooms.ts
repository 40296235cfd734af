/** What stands below the run directory, each 0700: sets by unit, what is remembered of sets, of starts and of the helper itself, and a place to prepare. */
export const ROOMS = ["credentials", "sets", "units", "helper", "staging"] as const;
export type Room = (typeof ROOMS)[number];

export const RUN_DIRECTORY = "/run/hub-helper";
