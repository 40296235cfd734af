import { serverOf as serverName } from "../names.ts";
import type { Server } from "./usage.ts";

type Compare = (a: Server, b: Server) => number;

/** `s9` comes before `s10`. */
const collator = new Intl.Collator("en", { numeric: true });
// Most are equal, being one user's or one template's, and a collator is slow.
const compareText = (a: string, b: string): number => (a === b ? 0 : collator.compare(a, b));
const byText =
  (textOf: (server: Server) => string): Compare =>
  (a, b) =>
    compareText(textOf(a), textOf(b));
/** The largest first; what is not known comes last. */
const byNumber =
  (numberOf: (server: Server) => number | null): Compare =>
  (a, b) =>
    (numberOf(b) ?? -Infinity) - (numberOf(a) ?? -Infinity) || 0;

/** What needs a look comes first. */
const STATES = ["failed", "activating", "deactivating", "reloading", "active", "inactive"];
const urgency = ({ unit }: Server): number => {
  const at = STATES.indexOf(unit.activeState);
  return at === -1 ? STATES.length : at;
};

const activeSinceMs = ({ unit }: Server): number | null =>
  unit.activeSince === null ? null : Date.parse(unit.activeSince);

interface Sort {
  /** The key that asks for it. */
  readonly key: string;
  readonly compare: Compare;
}

/** By what the table can be sorted; as `--sort` takes it. */
export const SORTS = {
  user: { key: "u", compare: byText(({ unit }) => unit.user) },
  server: { key: "s", compare: byText(({ unit }) => serverName(unit)) },
  state: { key: "t", compare: (a, b) => urgency(a) - urgency(b) },
  age: { key: "a", compare: byNumber(activeSinceMs) },
  memory: { key: "m", compare: byNumber(({ usage }) => usage.memoryBytes) },
  cpu: { key: "c", compare: byNumber(({ usage }) => usage.cpuPercent) },
  tasks: { key: "k", compare: byNumber(({ usage }) => usage.tasks) },
} as const satisfies Readonly<Record<string, Sort>>;

export type SortName = keyof typeof SORTS;

export const SORT_NAMES = Object.keys(SORTS) as SortName[];

/** The order of rows that are equal: always the same, so that none jumps about. */
const TIES: readonly Compare[] = [SORTS.user.compare, SORTS.server.compare, byText(({ unit }) => unit.unit)];

/** Sorted anew; `turned` is the other way round. */
export function sortServers(servers: readonly Server[], by: SortName, turned: boolean): Server[] {
  const { compare } = SORTS[by];
  const sign = turned ? -1 : 1;
  return servers.toSorted((a, b) => {
    const order = sign * compare(a, b);
    if (order !== 0 && !Number.isNaN(order)) return order;
    for (const tie of TIES) {
      const tied = tie(a, b);
      if (tied !== 0) return tied;
    }
    return 0;
  });
}
