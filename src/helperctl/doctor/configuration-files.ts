import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where systemd looks, the first first: what lies in an earlier one takes the place of its namesake in a later. */
const PLACES = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"];

async function listDropins(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith(".conf"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The files of a daemon of systemd's own, in the order in which they count, as journald.conf(5) has it; some may not exist. */
export async function configurationFiles(daemon: string): Promise<string[]> {
  const directories = PLACES.map((place) => join(place, `${daemon}.conf.d`));
  const listed = await Promise.all(directories.map(listDropins));
  const paths = new Map<string, string>();
  for (const [at, names] of listed.entries()) {
    for (const name of names) if (!paths.has(name)) paths.set(name, join(directories[at] ?? "", name));
  }
  // Before any drop-in; where /etc has none, the one in /usr/lib counts.
  const main = PLACES.toReversed().map((place) => join(place, `${daemon}.conf`));
  return [
    ...main,
    ...[...paths]
      .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([, path]) => path),
  ];
}
