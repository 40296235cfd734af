import { unescapeFromUnit } from "./escape.ts";

/** What PID 1 puts in the place of the specifiers that a path can have: systemd.unit(5). It runs as root. */
function valuesOf(name: string): Readonly<Record<string, string>> {
  const stem = name.slice(0, name.lastIndexOf("."));
  const at = stem.indexOf("@");
  const prefix = at === -1 ? stem : stem.slice(0, at);
  const instance = at === -1 ? "" : stem.slice(at + 1);
  const last = prefix.slice(prefix.lastIndexOf("-") + 1);
  const plain = (escaped: string): string => unescapeFromUnit(escaped) ?? escaped;
  return {
    "%": "%",
    n: name,
    N: stem,
    p: prefix,
    P: plain(prefix),
    i: instance,
    I: plain(instance),
    j: last,
    J: plain(last),
    f: `/${plain(instance === "" ? prefix : instance)}`,
    u: "root",
    U: "0",
    g: "root",
    G: "0",
    h: "/root",
    s: "/bin/sh",
    t: "/run",
    S: "/var/lib",
    C: "/var/cache",
    L: "/var/log",
    E: "/etc",
    T: "/tmp",
    V: "/var/tmp",
  };
}

/** Expands the specifiers of a path, up to the first that only the machine itself knows; null: there is nothing before it. */
export function expandPath(path: string, name: string): string | null {
  const values = valuesOf(name);
  let expanded = "";
  for (const [, specifier, text] of path.matchAll(/%(.)|([^%]+)/gsu)) {
    const value = specifier === undefined ? text : values[specifier];
    if (value === undefined) {
      const directory = expanded.slice(0, expanded.lastIndexOf("/"));
      return directory === "" ? null : directory;
    }
    expanded += value;
  }
  return expanded;
}
