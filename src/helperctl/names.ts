import type { UnitState } from "../protocol/unit-state.ts";

/** No server can be named so: names have no brackets. */
export const DEFAULT_SERVER = "(default)";

export const serverOf = ({ server }: Pick<UnitState, "server">): string =>
  server === "" ? DEFAULT_SERVER : server;

/** `zoe's server`, `zoe's server gpu`; hostile until it has been made harmless. */
export const possessive = (user: string, server: string | undefined): string =>
  server === undefined || server === "" ? `${user}'s server` : `${user}'s server ${server}`;
