/** What differs from one run to the next, and what stands for it. In this order: a date holds numbers. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z| [A-Z]{3,4})?\b/g, "TIME"],
  [
    /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)?,? ?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d?\b/g,
    "DATE",
  ],
  [/\b\d{4}-\d\d-\d\d\b/g, "DATE"],
  [/\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g, "TIME"],
  [/\b\d\d:\d\d\b/g, "TIME"],
  // A live table has figures only once it has looked twice.
  [/\bCPU (?:-|\d+(?:\.\d+)? %)/g, "CPU FIGURE"],
  [/ (?:-|\d+\.\d)(?= )/g, " FIGURE"],
  [/ \d+[dhms](?:\d+[hm])?(?= )/g, " AGE"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UUID"],
  [/\b[0-9a-f]{12,64}\b/g, "HASH"],
  [/\b\d+(?:\.\d+)? (?:d|h|min|s|ms)(?: \d+ (?:d|h|min|s|ms))*\b/g, "SPAN"],
  [/\b\d+(?:\.\d+)? (?:B|KiB|MiB|GiB|TiB)\b/g, "SIZE"],
  [/\b\d+(?:\.\d+)? ?%/g, "PART"],
  [
    /\b(uid|pid|process|gid|groups|tasks|"uid":|"pid":|"peerUid":|"peerPid":|"mainPid":|"tasks":) ?\d+(?: \d+)*/g,
    "$1 ID",
  ],
  [/\(\d+\)/g, "(ID)"],
  [/\[\d+\]/g, "[ID]"],
  [/\b(jupyter|ada|zoe|wash|mallory) +\d{3,4}\b/g, "$1 ID"],
  [/-{4,}|─+|[█▇▆▅▄▃▂▁░▒▓]+|#{3,}|\.{4,}/g, "BAR"],
  // Left out where the line would be too long, and the milliseconds at its end decide that.
  [/ in hub\.service(?= write-credentials)/g, ""],
  [/[ \t]+/g, " "],
];

/** A text with everything taken out that no two runs share; columns that stand elsewhere for it do not count. */
export const normalise = (text: string): string =>
  text
    // Where a line of the journal is broken depends on the digits of a pid.
    .replace(/^( {4}\d\d:\d\d:\d\d .*)\n {13}(?=\S)/gm, "$1")
    .split("\n")
    .map((line) => VARYING.reduce((now, [pattern, stand]) => now.replace(pattern, stand), line).trim())
    .join("\n")
    .trim();
