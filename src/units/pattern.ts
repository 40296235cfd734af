import type { Branded, ServerName, UserName } from "../protocol/target.ts";
import { parseServerName, parseUserName } from "../protocol/target.ts";
import { escapeForUnit, unescapeFromUnit } from "./escape.ts";

export type UnitName = Branded<"UnitName">;

/** systemd's UNIT_NAME_MAX, less the closing NUL. */
export const UNIT_NAME_MAX = 255;

type Placeholder = "user" | "server";
type Part = { readonly literal: string } | { readonly placeholder: Placeholder };

/** A unit name with places for a user and, in a `named_unit`, a server. */
export interface UnitPattern {
  readonly source: string;
  readonly parts: readonly Part[];
}

/** Whose unit, without the template. */
export interface Owner {
  readonly user: UserName;
  readonly server: ServerName;
}

const SPLIT = /\{(user|server)\}/;
const LITERAL = /^[A-Za-z0-9:_.@-]*$/;
const BEGINNING = /^[A-Za-z0-9:_.@-]{3,}[-@]$/;
/** Escaping never yields these (and the grammar of names has no `:`), so they keep two placeholders apart. */
const SEPARATOR = /[@:]/;

/** Parses a pattern of the policy; a string is the problem with it. */
export function parsePattern(source: string, placeholders: readonly Placeholder[]): UnitPattern | string {
  const parts = source
    .split(SPLIT)
    .map((text, at): Part => (at % 2 === 0 ? { literal: text } : { placeholder: text as Placeholder }))
    .filter((part) => !("literal" in part && part.literal === ""));
  return problemOf(source, parts, placeholders) ?? { source, parts };
}

function problemOf(source: string, parts: readonly Part[], wanted: readonly Placeholder[]): string | null {
  const literals = parts.flatMap((part) => ("literal" in part ? [part.literal] : []));
  const found = parts.flatMap((part) => ("placeholder" in part ? [part.placeholder] : []));
  const [first] = parts;
  if (!literals.every((literal) => LITERAL.test(literal))) {
    return "may hold only A-Z a-z 0-9 : _ . @ - beside its placeholders";
  }
  for (const name of wanted) {
    if (found.filter((each) => each === name).length !== 1) return `must hold {${name}} once`;
  }
  if (found.length !== wanted.length)
    return `has no place for {${found.find((f) => !wanted.includes(f)) ?? ""}}`;
  if (first === undefined || !("literal" in first) || !BEGINNING.test(first.literal)) {
    return "must begin with at least four literal characters, the last of them - or @";
  }
  if (!source.endsWith(".service")) return "must end in .service";
  if (/@\.service$/.test(source)) return "must name an instance after @";
  const between = parts.findIndex((part) => "placeholder" in part);
  const next = parts[between + 1];
  if (found.length === 2 && !(next && "literal" in next && SEPARATOR.test(next.literal))) {
    return "must keep its placeholders apart by @ or :";
  }
  return null;
}

/** The unit name of an owner, or null where it would be longer than systemd allows. */
export function renderPattern(pattern: UnitPattern, owner: Owner): UnitName | null {
  const name = pattern.parts
    .map((part) => ("literal" in part ? part.literal : escapeForUnit(owner[part.placeholder])))
    .join("");
  return name.length <= UNIT_NAME_MAX ? (name as UnitName) : null;
}

const quote = (literal: string): string => literal.replace(/[.]/g, "\\$&");

/** The owner that named groups spell; null unless both names are well formed. */
export function matchOwner(groups: Readonly<Partial<Record<string, string>>> | null): Owner | null {
  if (groups === null) return null;
  const user = parseUserName(groups["user"] ?? "");
  const server = parseServerName(groups["server"] ?? "");
  if (user === null || server === null || (server === "") !== (groups["server"] === undefined)) return null;
  return { user, server };
}

/** Reads a unit name back. Null unless rendering its owner again gives the very same name. */
export function matchPattern(pattern: UnitPattern, name: string): Owner | null {
  const source = pattern.parts
    .map((part) => ("literal" in part ? quote(part.literal) : `(?<${part.placeholder}>[^@:]+)`))
    .join("");
  const groups = new RegExp(`^${source}$`).exec(name)?.groups;
  if (groups === undefined) return null;
  const texts = Object.entries(groups).map(([place, text]) => [place, unescapeFromUnit(text) ?? ""]);
  const owner = matchOwner(Object.fromEntries(texts) as Record<string, string>);
  return owner !== null && renderPattern(pattern, owner) === name ? owner : null;
}

/** A glob for systemd's ListUnitsByPatterns: it matches every name of the pattern, and perhaps others. */
export const globOf = (pattern: UnitPattern): string =>
  pattern.parts.map((part) => ("literal" in part ? part.literal : "*")).join("");

/** What the unit names of all named servers of one user have in common. Nobody else's have both. */
export interface UserNames {
  readonly before: string;
  readonly after: string;
}

export function namesOfUser({ parts }: UnitPattern, user: UserName): UserNames {
  const at = parts.findIndex((part) => "placeholder" in part && part.placeholder === "server");
  const texts = parts.map((part) => ("literal" in part ? part.literal : escapeForUnit(user)));
  return { before: texts.slice(0, at).join(""), after: texts.slice(at + 1).join("") };
}

export const isNameOfUser = (name: string, { before, after }: UserNames): boolean =>
  name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;

/** For ListUnitsByPatterns, to which a backslash may mean itself or not. */
export const globOfUser = ({ before, after }: UserNames): string =>
  `${before}*${after}`.replaceAll("\\", "?");

/** One character that a name may hold at a place: a literal one, or any that escaping yields, once or more. */
type Token = { readonly char: string } | { readonly any: true };

const tokensOf = (pattern: UnitPattern): Token[] =>
  pattern.parts.flatMap((part): Token[] =>
    "literal" in part ? Array.from(part.literal, (char) => ({ char })) : [{ any: true }],
  );

const ESCAPED_CHARACTER = /^[A-Za-z0-9_.\\]$/;

const canShare = (a: Token, b: Token): boolean => {
  if ("char" in a) return "char" in b ? a.char === b.char : ESCAPED_CHARACTER.test(a.char);
  return "any" in b || ESCAPED_CHARACTER.test(b.char);
};

/** Whether some name could belong to both patterns. Errs on the side of yes. */
export function couldMeet(a: UnitPattern, b: UnitPattern): boolean {
  const left = tokensOf(a);
  const right = tokensOf(b);
  const seen = new Set<string>();
  const walk = (i: number, j: number): boolean => {
    const [l, r] = [left[i], right[j]];
    if (l === undefined || r === undefined) return l === r;
    if (seen.has(`${i},${j}`)) return false;
    seen.add(`${i},${j}`);
    if (!canShare(l, r)) return false;
    // One shared character is consumed; a placeholder may stay for more of them.
    return walk(i + 1, j + 1) || ("any" in l && walk(i, j + 1)) || ("any" in r && walk(i + 1, j));
  };
  return walk(0, 0);
}
