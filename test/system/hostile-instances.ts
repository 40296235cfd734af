import fc from "fast-check";
import { escapeForUnit } from "../../src/units/escape.ts";

/** Accounts of the world, and two that must get nothing. */
const NAMES = ["zoe", "wash", "a-b", "first.last", "root", "nobody", "jupyter", "daemon"];

const CORPUS = [
  ...[
    "",
    " ",
    "-",
    "--",
    "--help",
    "-x",
    "--version",
    "--eval=1",
    "-e",
    "--",
    "..",
    ".",
    "/",
    "//",
    "../../etc/passwd",
  ],
  ...[
    "/etc/passwd",
    "/run/systemd/system/zoe.service",
    "..\\x2f..\\x2fetc",
    "\\x2e\\x2e\\x2fetc",
    "etc-passwd",
    "-etc",
  ],
  ...[
    "\\x00",
    "zoe\\x00",
    "zoe\\x0aUser=root",
    "zoe\nUser=root",
    "zoe\r",
    "\u001b[2J\u001b]0;x\u0007",
    "\u202eeoz",
    "zo\u200be",
  ],
  ...[
    "\\x2d",
    "\\x5cx2d",
    "\\x5c\\x5c",
    "a\\x5cx2db",
    "a\\x2Db",
    "a\\x2",
    "\\xzz",
    "\\",
    "\\\\",
    "%i",
    "%I",
    "%n",
    "%%",
    "%",
    "%h/zoe",
  ],
  ...[
    "zoe.service",
    "zoe@.service",
    "jupyterhub-singleuser-zoe.service",
    "zoe@gpu",
    "systemd-journald",
    "systemd\\x2djournald",
  ],
  ...[
    "zoé",
    "zоe",
    "ｚoe",
    "Zoe",
    "ZOE",
    "zoe ",
    " zoe",
    "zoe.",
    ".zoe",
    "zoe$",
    "zoe*",
    "*",
    "?",
    "[a-z]oe",
    "{user}",
    "{home}",
    "${HOME}",
  ],
  ...[
    "$(reboot)",
    "`reboot`",
    "zoe;reboot",
    "zoe|tee",
    "zoe&",
    "0",
    "1000",
    "01001",
    "4294967295",
    "-1",
    "zoe:x",
    "zoe,wash",
  ],
  ...[
    "z".repeat(64),
    "z".repeat(65),
    "z".repeat(256),
    "z".repeat(100_000),
    "-".repeat(64),
    `z${"\\x2d".repeat(63)}`,
  ],
];

const near = fc
  .tuple(
    fc.constantFrom(...NAMES, ...NAMES.map(escapeForUnit)),
    fc.nat({ max: 16 }),
    fc.string({ unit: "binary", maxLength: 2 }),
  )
  .map(([name, at, text]) => name.slice(0, at) + text + name.slice(at));
const pieces = fc
  .array(
    fc.constantFrom(
      "\\x2d",
      "\\x2f",
      "\\x5c",
      "x2f",
      "\\",
      "..",
      "/",
      "-",
      "@",
      ".",
      "zoe",
      "%i",
      "\n",
      "\u001b[",
      "é",
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));
const hostile = fc.oneof(
  fc.constantFrom(...CORPUS),
  near,
  pieces,
  fc.string({ unit: "binary", maxLength: 80 }),
  fc
    .string({ unit: "binary", maxLength: 40 })
    .map((text) => (text.isWellFormed() ? escapeForUnit(text) : text)),
);
const list = fc.oneof(
  { weight: 20, arbitrary: hostile.map((each) => [each]) },
  { weight: 1, arbitrary: fc.array(hostile, { maxLength: 4 }) },
);

/** Lists of arguments, every one of the corpus among them. No argument of a program can hold a NUL. */
export const hostileArguments = (count: number, seed: number): string[][] =>
  [...CORPUS.map((each) => [each]), ...fc.sample(list, { numRuns: count, seed })]
    .slice(0, count)
    .map((args) => args.map((each) => each.replaceAll("\0", "\\x00")));

/** What a unit's name can hold after its @. */
export const isInstance = (text: string): boolean => /^[A-Za-z0-9:_.\\-]{1,200}$/.test(text);
