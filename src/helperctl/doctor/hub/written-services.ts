import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { lastOf } from "../../../units/unit-file.ts";
import { UnitTexts } from "../../check/unit-texts.ts";

const UNITS = "/etc/systemd/system";

async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

const servicesIn = async (directory: string): Promise<string[]> =>
  (await names(directory)).filter((name) => name.endsWith(".service")).map((name) => join(directory, name));

/**
 * Names of the services that an admin has written or enabled, and whose files say that they run as one of these
 * accounts; whether they run or not. A file of a template stands for nobody.
 */
export async function writtenServices(users: ReadonlySet<string>): Promise<string[]> {
  const wants = (await names(UNITS)).filter((name) => name.endsWith(".wants"));
  const directories = [UNITS, ...wants.map((name) => join(UNITS, name))];
  const paths = (await Promise.all(directories.map(servicesIn))).flat();
  const distinct = new Map(paths.map((path) => [basename(path), path]));
  const texts = new UnitTexts();
  const ofUsers = [...distinct].map(async ([name, path]) => {
    if (name.includes("@.")) return [];
    const { assignments } = await texts.read([path]);
    return users.has(lastOf(assignments, "User")?.value ?? "") ? [name] : [];
  });
  return (await Promise.all(ofUsers)).flat();
}
