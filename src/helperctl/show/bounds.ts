import type { Resources, ShownServer, Use } from "./shown.ts";

/** What a server uses itself, the lowest of the limits above it, and whose that is. */
export interface Bound extends Use {
  /** The slice whose limit it is; null: the unit's own, or none. */
  readonly slice: string | null;
}

/** The limit that holds for a server: the lowest of its own and of those of the slices that it is in. */
export function boundOf(unit: Resources, slices: ShownServer["slices"], resource: keyof Resources): Bound {
  const own: Bound = { ...unit[resource], slice: null };
  return slices.reduce((least, slice) => {
    const { limit } = slice[resource];
    const isLower = limit !== null && (least.limit === null || limit < least.limit);
    return isLower ? { ...least, limit, slice: slice.name } : least;
  }, own);
}
