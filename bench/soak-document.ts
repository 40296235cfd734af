// What a soak has found, as a page and as plots.

interface Pair {
  readonly echo: number;
  readonly helper: number;
}

export interface Figures {
  readonly name: string;
  /** The kind of storm by account. */
  readonly who: Readonly<Record<string, string>>;
  /** Whether the helper that was there before is there still. */
  readonly samePid: boolean;
  readonly status: Pair;
  readonly statusMedian: Pair;
  readonly start: Pair;
  readonly startMedian: Pair;
  readonly calls: { readonly status: number; readonly start: number };
  readonly failed: Readonly<Record<string, number>>;
  readonly peakMiB: number;
  readonly pss: { readonly beforeMiB: number; readonly afterMiB: number };
}

interface Goal {
  readonly text: string;
  readonly isMet: (figures: Figures) => boolean;
}

const ratio = ({ echo, helper }: Pair): number => helper / echo;

export const GOALS: readonly Goal[] = [
  { text: "root's `status`, p99: at most 3 x", isMet: ({ status }) => ratio(status) <= 3 },
  { text: "another hub's `start`, p99: at most 2 x", isMet: ({ start }) => ratio(start) <= 2 },
  { text: "the helper's peak (VmHWM): at most 128 MiB", isMet: ({ peakMiB }) => peakMiB <= 128 },
  {
    text: "its PSS 30 s later: at most 1.1 x that before",
    isMet: ({ pss }) => pss.afterMiB <= 1.1 * pss.beforeMiB,
  },
  {
    text: "no call fails, and the helper is not replaced",
    isMet: ({ failed, samePid }) => samePid && Object.keys(failed).length === 0,
  },
];

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const times = (pair: Pair, most: number): string => {
  const text = `${ratio(pair).toFixed(1)} x`;
  return ratio(pair) <= most ? text : `**${text}**`;
};

const row = (figures: Figures): string[] => {
  const { name, status, start, peakMiB, pss, failed } = figures;
  return [
    name,
    `${ms(status.echo)} / ${ms(status.helper)}`,
    times(status, 3),
    `${ms(start.echo)} / ${ms(start.helper)}`,
    times(start, 2),
    peakMiB <= 128 ? peakMiB.toFixed(0) : `**${peakMiB.toFixed(0)}**`,
    `${pss.beforeMiB.toFixed(0)} / ${pss.afterMiB.toFixed(0)}`,
    Object.entries(failed)
      .map(([code, count]) => `${count} ${code}`)
      .join(", ") || "none",
  ];
};

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((cells) => (cells[at] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

interface Conditions {
  readonly seconds: number;
  readonly systemd: string;
  readonly node: string;
}

/** docs/reliability.md. */
export function document(figures: readonly Figures[], { seconds, systemd, node }: Conditions): string {
  const head = [
    "storm",
    "`status` p99, ms",
    "ratio",
    "`start` p99, ms",
    "ratio",
    "peak, MiB",
    "PSS before / after, MiB",
    "failed calls",
  ];
  const missed = figures.filter((each) => GOALS.some(({ isMet }) => !isMet(each)));
  return `# Reliability under hostile peers

\`npm run test:soak -- --write\` writes this page. It needs root and about twenty minutes.

Peers that may connect do their worst for ${seconds} s, each storm in turn. During each, root asks for a \`status\` again and again,
and another hub starts and stops a server, each call over a new connection. Every storm is also run against a bare echo
server, in place of the helper, with the same calls to the helper beside it: the first figure of a pair is that run, and the
ratio is what the storm costs because it is aimed at the helper and not only at the machine.

Goals:

${GOALS.map(({ text }) => `- ${text}`).join("\n")}

Measured in one run on two shared cores, ${systemd}, Node ${node}. What missed its goal is in bold.

${table([head, ...figures.map(row)])}

${missed.length === 0 ? "Every goal was met in this run." : `Not every goal was met in this run: see ${missed.map(({ name }) => name).join(", ")}. Figures on a machine that others use differ from run to run.`}

![Root's status under each storm, beside an echo server and against the helper](images/reliability-status.svg)

![Another hub's start under each storm, beside an echo server and against the helper](images/reliability-start.svg)

## The storms

- newlines: 8 connections that send nothing but newlines, made again as often as they are closed
- half frames: 60 connections that each send 500,000 bytes and no newline
- big ids, big frames: 8 connections with frames of half a megabyte; those of the second kind are as slow to read as JSON can be
- refusals: 20 connections with requests that the policy denies, as fast as they are taken
- lists, watches, notifications: requests that are allowed, or never answered, as fast as they are taken
- connects: 100 sockets that connect and leave
- starts that fail: 8 connections that start a server whose program is missing
- slow readers: 40 connections that ask and never read
- one byte at a time: 60 connections
- asking and leaving: 20 connections that ask for 300 lists and close
- two uids: lists and refusals at once; three uids: asking and leaving, big frames, and notifications at once
`;
}

const WIDTH = 760;
const LEFT = 170;
const BAR = 9;
const ROW = 28;
const TOP = 46;

/** Horizontal bars on a logarithmic scale, two for each storm. */
function bars(title: string, figures: readonly Figures[], pick: (figures: Figures) => Pair): string {
  const all = figures.flatMap((each) => Object.values(pick(each)) as number[]).filter(Number.isFinite);
  const most = 10 ** Math.ceil(Math.log10(Math.max(10, ...all)));
  const x = (value: number): number =>
    LEFT + ((WIDTH - LEFT - 60) * Math.log10(Math.max(1, value))) / Math.log10(most);
  const height = TOP + figures.length * ROW + 30;
  const ticks = Array.from({ length: Math.round(Math.log10(most)) + 1 }, (_, at) => 10 ** at);
  const text = (at: number, y: number, words: string, anchor = "start"): string =>
    `<text x="${at.toFixed(0)}" y="${y.toFixed(0)}" text-anchor="${anchor}">${words}</text>`;
  const bar = (y: number, value: number, fill: string): string =>
    `<rect x="${LEFT}" y="${y}" width="${Math.max(1, x(value) - LEFT).toFixed(1)}" height="${BAR}" fill="${fill}"/>` +
    text(x(value) + 4, y + BAR, ms(value));
  const lines = [
    text(10, 20, title),
    `<rect x="${LEFT}" y="28" width="9" height="9" fill="#9aa5b1"/>`,
    text(LEFT + 14, 37, "storm against an echo server"),
    `<rect x="${LEFT + 200}" y="28" width="9" height="9" fill="#2f6fab"/>`,
    text(LEFT + 214, 37, "storm against the helper"),
    ...ticks.flatMap((tick) => [
      `<line x1="${x(tick).toFixed(1)}" y1="${TOP - 4}" x2="${x(tick).toFixed(1)}" y2="${height - 22}" stroke="#d9dee3"/>`,
      text(x(tick), height - 8, `${tick} ms`, "middle"),
    ]),
    ...figures.flatMap((each, at) => [
      text(LEFT - 8, TOP + at * ROW + 14, each.name, "end"),
      bar(TOP + at * ROW, pick(each).echo, "#9aa5b1"),
      bar(TOP + at * ROW + BAR + 2, pick(each).helper, "#2f6fab"),
    ]),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${lines.join("\n")}
</svg>
`;
}

/** The plots, by file name. */
export const plot = (figures: readonly Figures[]): Record<string, string> => ({
  "reliability-status.svg": bars(
    "root's status, 99th percentile, ms (logarithmic)",
    figures,
    (each) => each.status,
  ),
  "reliability-start.svg": bars(
    "another hub's start, 99th percentile, ms (logarithmic)",
    figures,
    (each) => each.start,
  ),
});
