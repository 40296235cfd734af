const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `312 MiB`, `1.5 GiB`. */
export function renderBytes(bytes: number): string {
  const power = BYTE_UNITS.findLastIndex((_, at) => bytes >= 1024 ** at);
  const amount = bytes / 1024 ** Math.max(power, 0);
  const digits = power > 0 && amount < 10 ? 1 : 0;
  return `${amount.toFixed(digits)} ${BYTE_UNITS[power] ?? "B"}`;
}

const SPANS = [
  { unit: "d", seconds: 86_400 },
  { unit: "h", seconds: 3_600 },
  { unit: "min", seconds: 60 },
  { unit: "s", seconds: 1 },
] as const;

/** The two largest units that count: `3 h 12 min`, `12 min`, `5 s`. A clock that was set back yields `0 s`. */
export function renderDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = SPANS.findIndex((span) => whole >= span.seconds);
  if (first === -1) return "0 s";
  const parts: string[] = [];
  let rest = whole;
  for (const span of SPANS.slice(first, first + 2)) {
    const count = Math.floor(rest / span.seconds);
    rest %= span.seconds;
    if (count > 0) parts.push(`${count} ${span.unit}`);
  }
  return parts.join(" ");
}

/** `120 ms`; from a second on as `renderDuration` has it. */
export const renderMs = (ms: number): string =>
  Math.round(ms) < 1000 ? `${Math.max(0, Math.round(ms))} ms` : renderDuration(Math.round(ms) / 1000);

/** The same in a narrow column, of at most six characters while it is less than three years: `3h12m`, `45s`. */
export function renderAge(seconds: number): string {
  const [first = "0 s", second = ""] = renderDuration(seconds).match(/\d+ \w+/g) ?? [];
  const short = (part: string): string => part.replace(/ (\w)\w*/, "$1");
  // Seconds beside minutes are more than anybody wants to see change.
  return short(first) + (second.endsWith(" s") ? "" : short(second));
}
