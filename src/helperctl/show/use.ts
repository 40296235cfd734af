import type { Piece } from "../pieces.ts";
import { renderBytes, renderMs } from "../quantities.ts";
import type { Role, Screen } from "../screen.ts";
import type { Bound } from "./bounds.ts";
import type { Resources, Use } from "./shown.ts";

/** `150 %` of one CPU. */
const renderCpus = (cpus: number): string => `${Math.round(cpus * 100)} %`;
const renderSeconds = (seconds: number): string => renderMs(seconds * 1000);

interface Wording {
  readonly used: (amount: number) => string;
  readonly limit: (amount: number) => string;
  /** Whether what is used counts against the limit: time of the CPU goes by, and is not used up. */
  readonly fillsUp: boolean;
}

export const WORDINGS: Readonly<Record<keyof Resources, Wording>> = {
  memory: { used: renderBytes, limit: renderBytes, fillsUp: true },
  tasks: { used: String, limit: String, fillsUp: true },
  cpu: { used: renderSeconds, limit: renderCpus, fillsUp: false },
};

const BAR_CELLS = 10;
/** From which share on it is worth a look, and from which on it is close. */
const SHARES: readonly (readonly [number, Role])[] = [
  [0.9, "bad"],
  [0.75, "warning"],
];

/** `███░░░░░░░ 31 %`, on a terminal alone. */
function bar({ used, limit }: Use, screen: Screen): Piece[] {
  if (screen.columns === null || used === null || limit === null || limit <= 0) return [];
  const share = used / limit;
  const full = Math.min(BAR_CELLS, Math.round(share * BAR_CELLS));
  const role = SHARES.find(([from]) => share >= from)?.[1] ?? "good";
  return [
    { text: "  ", rank: 0 },
    { text: "█".repeat(full), role, rank: 0 },
    { text: "░".repeat(BAR_CELLS - full), role: "aside", rank: 0 },
    { text: ` ${Math.round(share * 100)} %`, rank: 0 },
  ];
}

/** `312 MiB of 4.0 GiB`, `312 MiB, no limit`, `not accounted, at most 4.0 GiB`. */
export function renderBound(
  resource: keyof Resources,
  bound: Bound,
  { isRunning, screen }: { readonly isRunning: boolean; readonly screen: Screen },
): Piece[] {
  const wording = WORDINGS[resource];
  const { used, limit } = bound;
  const nothing = isRunning ? "not accounted" : "none";
  const usedText = used === null ? nothing : wording.used(used);
  const joint = used !== null && wording.fillsUp ? " of " : ", at most ";
  const text = limit === null ? `${usedText}, no limit` : `${usedText}${joint}${wording.limit(limit)}`;
  return [{ text }, ...(wording.fillsUp ? bar(bound, screen) : [])];
}

const NOTHING = "-";

/** The same in the cell of a table. */
export function useCell(resource: keyof Resources, { used, limit }: Use): string {
  const wording = WORDINGS[resource];
  const usedText = used === null ? NOTHING : wording.used(used);
  return limit === null ? usedText : `${usedText} ${wording.fillsUp ? "of" : "at"} ${wording.limit(limit)}`;
}
