import { displayWidth, fit } from "../columns.ts";
import type { Role, Screen } from "../screen.ts";
import { paint } from "../screen.ts";

/** A piece of a line, in the look of its role; harmless already. */
export type Segment = string | readonly [Role, string];

/** One line of these, cut where the screen ends. Cut before it is painted: an escape must stay whole. */
export function joinSegments(segments: readonly Segment[], screen: Screen): string {
  let room = screen.columns ?? Infinity;
  let line = "";
  for (const segment of segments) {
    const [role, text] = typeof segment === "string" ? (["plain", segment] as const) : segment;
    const shown = fit(text, Math.max(0, room));
    line += paint(screen, role, shown);
    room -= displayWidth(shown);
  }
  return line;
}
