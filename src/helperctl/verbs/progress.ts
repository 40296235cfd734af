import { fit } from "../columns.ts";
import { harmless } from "../harmless.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";

const EVERY_MS = 1_000;

/** What is known of it by now. */
export interface Standing {
  /** `starting zoe's server`. */
  readonly what: string;
  readonly elapsedMs: number;
  /** systemd's words for where the unit is; null where nobody may look. */
  readonly state: string | null;
}

/** One line, narrower than the terminal: in the last column some terminals begin another. */
export function renderProgress({ what, elapsedMs, state }: Standing, columns: number): string {
  const seconds = `${Math.round(elapsedMs / 1000)} s`;
  const parts = [`${what} ...`, seconds, ...(state === null ? [] : [state])];
  return fit(harmless(parts.join("  ")), columns - 1);
}

export interface ProgressLine {
  readonly screen: Screen;
  readonly write: (text: string) => void;
  readonly what: string;
  /** Asked for each time anew. */
  readonly state: () => Promise<string | null>;
}

/** Shows on a terminal, once a second, that something goes on; the line is gone afterwards. Elsewhere it is quiet. */
export async function withProgress<T>(
  { screen, write, what, state }: ProgressLine,
  work: () => Promise<T>,
): Promise<T> {
  const { columns } = screen;
  if (columns === null) return work();
  const began = performance.now();
  const blank = `\r${" ".repeat(columns - 1)}\r`;
  let drawn = 0;
  const over = new AbortController();
  const draw = async (): Promise<void> => {
    const now = await state();
    if (over.signal.aborted) return;
    const line = renderProgress({ what, elapsedMs: performance.now() - began, state: now }, columns);
    write(`${blank}${paint(screen, "aside", line)}`);
    drawn++;
  };
  const timer = setInterval(() => void draw(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    over.abort();
    if (drawn > 0) write(blank);
  }
}
