import { unescapeFromUnit } from "./escape.ts";
import { matchOwner, type Owner, renderPattern, type UnitName, type UnitPattern } from "./pattern.ts";

/**
 * Where the set of a unit lies below the staging directory: `%P@%I`, as systemd expands it for that unit. `%P` is the
 * prefix and `%I` the instance, both unescaped, so the path has no backslash: systemd 257 drops those, and would read
 * another unit's set. `-` becomes `/`, so sets lie in directories of their own.
 */
export type SetPath = string;

/** The line that takes the whole set of any unit. */
export const SET_LINE = "LoadCredential=hub:/run/hub-helper/credentials/%P@%I";

const SUFFIX = ".service";
/** What the names' grammar and the literals of patterns can yield, less the `-` that becomes a `/`. */
const COMPONENT = /^[\p{L}\p{M}\p{Nd}_.:@-]+$/u;
/** Before sets lay at `%P@%I` they lay at `%n`. */
const isUnitName = (component: string): boolean => component.endsWith(SUFFIX);

/** Why systemd would not take a path with these components, or another reader could be led to it; null: it is fine. */
function problemOfComponents(components: readonly string[]): string | null {
  if (components.includes("")) return "an empty component";
  if (components.some((each) => each === "." || each === "..")) return 'a component "." or ".."';
  if (isUnitName(components[0] ?? "")) return "a first component that ends in .service";
  return null;
}

/** `%P` or `%I`, cut at each `/`; null for what we cannot have made. */
function componentsOf(escaped: string): string[] | null {
  const components = escaped.split("-").map((component) => {
    const texts = component.split("@").map((text) => (text === "" ? "" : unescapeFromUnit(text)));
    return texts.includes(null) ? null : texts.join("@");
  });
  return components.includes(null) ? null : (components as string[]);
}

/** The path of a unit's set, relative to the staging directory. Null: this unit can have no set. */
export function setPathOf(unit: string): SetPath | null {
  if (!unit.endsWith(SUFFIX)) return null;
  const name = unit.slice(0, -SUFFIX.length);
  const at = name.includes("@") ? name.indexOf("@") : name.length;
  const prefix = componentsOf(name.slice(0, at));
  const instance = componentsOf(name.slice(at + 1));
  if (prefix === null || instance === null) return null;
  const last = prefix.pop() ?? "";
  const first = instance.shift() ?? "";
  const components = [...prefix, `${last}@${first}`, ...instance];
  if (problemOfComponents(components) !== null) return null;
  return components.every((each) => COMPONENT.test(each)) ? components.join("/") : null;
}

type Class = "user-first" | "user" | "server";
/** One character of a path, or (`many`) any number of them. */
type Token =
  { readonly char: string } | { readonly class: Class; readonly many: boolean; readonly begins?: string };

const CLASSES: Readonly<Record<Class, RegExp>> = {
  "user-first": /^[A-Za-z0-9_]$/,
  user: /^[A-Za-z0-9_.@-]$/,
  server: /^[\p{L}\p{M}\p{Nd}_.-]$/u,
};

const PLACES: Readonly<Record<"user" | "server", readonly Token[]>> = {
  user: [
    { class: "user-first", many: false, begins: "{user}" },
    { class: "user", many: true },
  ],
  server: [
    { class: "server", many: false, begins: "{server}" },
    { class: "server", many: true },
  ],
};

/** What the paths of a pattern's sets look like. */
function tokensOf({ parts }: UnitPattern): Token[] {
  const tokens = parts.flatMap((part): readonly Token[] =>
    "placeholder" in part
      ? PLACES[part.placeholder]
      : Array.from(part.literal, (char) => ({ char: char === "-" ? "/" : char })),
  );
  const path = tokens.slice(0, -SUFFIX.length);
  const isTemplate = path.some((token) => "char" in token && token.char === "@");
  return isTemplate ? path : [...path, { char: "@" }];
}

const shownAs = (token: Token): string => ("char" in token ? token.char : (token.begins ?? ""));

/** Why no unit of a pattern can have a set, as a sentence without its full stop; null: they can. */
export function problemOfSets(pattern: UnitPattern): string | null {
  const components = tokensOf(pattern).map(shownAs).join("").split("/");
  const problem = problemOfComponents(components);
  return problem === null
    ? null
    : `gives its credentials the path ${components.join("/")}, with ${problem} (each - of the unit name is a / there); change its literal part`;
}

const canShare = (a: Token, b: Token): boolean => {
  if ("char" in a) return "char" in b ? a.char === b.char : CLASSES[b.class].test(a.char);
  // Any two classes have letters in common.
  return "class" in b || CLASSES[a.class].test(b.char);
};

const isMany = (token: Token | undefined): boolean => token !== undefined && "many" in token && token.many;
const isSlash = (token: Token | undefined): boolean =>
  token !== undefined && "char" in token && token.char === "/";

/** Whether some path of `outer` could be a path of `inner`, or a directory above one. */
function couldHold(outer: readonly Token[], inner: readonly Token[]): boolean {
  const seen = new Set<string>();
  const walk = (i: number, j: number): boolean => {
    if (seen.has(`${i},${j}`)) return false;
    seen.add(`${i},${j}`);
    const [o, n] = [outer[i], inner[j]];
    if (isMany(o) && walk(i + 1, j)) return true;
    if (isMany(n) && walk(i, j + 1)) return true;
    if (o === undefined) return n === undefined || isSlash(n);
    if (n === undefined || !canShare(o, n)) return false;
    return walk(isMany(o) ? i : i + 1, isMany(n) ? j : j + 1);
  };
  return walk(0, 0);
}

/**
 * Whether some set of one pattern could lie at the path of a set of the other, or inside of it: systemd hands a unit
 * all that lies below the directory that it names. Two sets of one pattern never do: names hold no `/`, and what
 * keeps its placeholders apart is not in a server's name. Errs on the side of yes.
 */
export function setsCouldMeet(a: UnitPattern, b: UnitPattern): boolean {
  const [left, right] = [tokensOf(a), tokensOf(b)];
  return couldHold(left, right) || couldHold(right, left);
}

const GROUPS: Readonly<Record<string, string>> = {
  "{user}": "(?<user>[A-Za-z0-9_.@-]+)",
  "{server}": "(?<server>[\\p{L}\\p{M}\\p{Nd}_.-]+)",
};

/** The unit of a pattern whose set lies at a path; null: none. */
export function unitOfSetPath(pattern: UnitPattern, path: SetPath): UnitName | null {
  const source = tokensOf(pattern)
    .map(shownAs)
    .map((shown) => GROUPS[shown] ?? shown.replace(/[.]/, "\\."))
    .join("");
  const owner: Owner | null = matchOwner(new RegExp(`^${source}$`, "u").exec(path)?.groups ?? null);
  const unit = owner === null ? null : renderPattern(pattern, owner);
  return unit !== null && setPathOf(unit) === path ? unit : null;
}
