/** Properties of a service by systemd's names: org.freedesktop.systemd1(5). */
type Properties = Readonly<Record<string, unknown>>;

/** What a unit's processes see of a directory of the machine. */
export type View = "writable" | "read-only" | "hidden";

export interface Seen {
  readonly view: View;
  /** The setting that makes it so, as it is written; null: none does. */
  readonly setting: string | null;
  /** Its key. */
  readonly key: string | null;
}

/** Where two settings name one path, the earlier of these counts: mount_path_compare() of systemd's namespace.c. */
const KINDS = ["hidden", "bound", "bound-read-only", "empty", "read-only", "writable"] as const;
type Kind = (typeof KINDS)[number];

interface Entry {
  readonly path: string;
  readonly kind: Kind;
  readonly key: string;
  readonly setting: string;
}

const HOMES = ["/home", "/root", "/run/user"];
const SYSTEM = ["/usr", "/boot", "/efi"];

const text = (p: Properties, key: string): string => (p[key] as string | undefined) ?? "";
const texts = (p: Properties, key: string): string[] => (p[key] as string[] | undefined) ?? [];
/** `-` before a path: it may be missing; `+`: it is below RootDirectory=. */
const plain = (path: string): string => path.replace(/^[-+]+/, "");

const entriesAt = (paths: readonly string[], kind: Kind, key: string, value?: string): Entry[] =>
  paths.map((path) => ({ path: plain(path), kind, key, setting: `${key}=${value ?? plain(path)}` }));

const PROTECT_HOME: Partial<Record<string, Kind>> = {
  yes: "hidden",
  "read-only": "read-only",
  tmpfs: "empty",
};

function protectHome(p: Properties): Entry[] {
  const value = text(p, "ProtectHome");
  const kind = PROTECT_HOME[value];
  return kind === undefined ? [] : entriesAt(HOMES, kind, "ProtectHome", value);
}

const PROTECT_SYSTEM: Partial<Record<string, readonly string[]>> = {
  yes: SYSTEM,
  full: [...SYSTEM, "/etc"],
  strict: ["/"],
};

/** `strict` leaves what ProtectHome= is about, and the kernel's own file systems. */
function protectSystem(p: Properties): Entry[] {
  const value = text(p, "ProtectSystem");
  const entries = entriesAt(PROTECT_SYSTEM[value] ?? [], "read-only", "ProtectSystem", value);
  if (value !== "strict") return entries;
  return [...entries, ...entriesAt([...HOMES, "/dev", "/proc", "/sys"], "writable", "ProtectSystem", value)];
}

/** What systemd makes for the unit, and leaves writable. */
const DIRECTORIES: Readonly<Record<string, string>> = {
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  RuntimeDirectory: "/run",
  ConfigurationDirectory: "/etc",
};

const directories = (p: Properties): Entry[] =>
  Object.entries(DIRECTORIES).flatMap(([key, base]) =>
    entriesAt(
      texts(p, key).map((name) => `${base}/${name}`),
      "bound",
      key,
    ),
  );

/** `a(ssbt)`: source and destination; `a(ss)`: destination and options. */
const tuples = (p: Properties, key: string, at: number): string[] =>
  ((p[key] as string[][] | undefined) ?? []).map((tuple) => tuple[at] ?? "");

const entriesOf = (p: Properties): Entry[] => [
  ...protectHome(p),
  ...protectSystem(p),
  ...entriesAt(p["PrivateTmp"] === true ? ["/tmp", "/var/tmp"] : [], "empty", "PrivateTmp", "yes"),
  ...entriesAt(texts(p, "ReadWritePaths"), "writable", "ReadWritePaths"),
  ...entriesAt(texts(p, "ReadOnlyPaths"), "read-only", "ReadOnlyPaths"),
  ...entriesAt(texts(p, "InaccessiblePaths"), "hidden", "InaccessiblePaths"),
  ...entriesAt(tuples(p, "TemporaryFileSystem", 0), "empty", "TemporaryFileSystem"),
  ...entriesAt(tuples(p, "BindPaths", 1), "bound", "BindPaths"),
  ...entriesAt(tuples(p, "BindReadOnlyPaths", 1), "bound-read-only", "BindReadOnlyPaths"),
  ...directories(p),
];

const isWithin = (path: string, directory: string): boolean =>
  directory === "/" || path === directory || path.startsWith(`${directory}/`);

const VIEWS: Readonly<Record<Kind, View>> = {
  hidden: "hidden",
  bound: "writable",
  "bound-read-only": "read-only",
  empty: "hidden",
  "read-only": "read-only",
  writable: "writable",
};

/**
 * What a unit's processes see of a directory of the machine, whatever its own mode allows. Null where the unit has a
 * root directory of its own.
 * @param path with no link in it
 * @param resolve what a path of a setting leads to: systemd mounts there
 */
export function viewOf(path: string, properties: Properties, resolve: (path: string) => string): Seen | null {
  if (["RootDirectory", "RootImage"].some((key) => (properties[key] ?? "") !== "")) return null;
  const above = entriesOf(properties)
    .map((entry) => ({ ...entry, path: resolve(entry.path) }))
    .filter((entry) => isWithin(path, entry.path))
    .toSorted((a, b) => a.path.length - b.path.length || KINDS.indexOf(b.kind) - KINDS.indexOf(a.kind));
  let seen: Seen = { view: "writable", setting: null, key: null };
  for (const { kind, setting, key } of above) {
    // Only a mount of the directory itself brings it back into an empty file system.
    if (seen.view === "hidden" && !kind.startsWith("bound")) continue;
    seen = { view: VIEWS[kind], setting, key };
    // systemd drops every mount below.
    if (kind === "hidden") return seen;
  }
  return seen;
}

/** Whether systemd makes the directory for the unit, or mounts another there, so that the machine need not have it. */
export const isProvided = (path: string, properties: Properties): boolean =>
  entriesOf(properties).some(({ kind, path: own }) => kind.startsWith("bound") && own === path);
