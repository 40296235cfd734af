import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { complete } from "./run.ts";

/** The recipes in testbed/images. */
export const IMAGES = ["bookworm", "trixie", "sid"] as const;
export type ImageName = (typeof IMAGES)[number];

/** An image is built once a week, and a slow mirror may take its time. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/** Debian has a package of it, and so have its derivatives. */
export const canBuildImages = (): boolean => existsSync("/usr/bin/mmdebstrap");

const isImage = (name: string): name is ImageName => (IMAGES as readonly string[]).includes(name);

/** The image that a run of the tests is about. */
export function imageInUse(): ImageName {
  const name = process.env["TESTBED_IMAGE"] ?? "trixie";
  if (!isImage(name)) throw new Error(`TESTBED_IMAGE is ${name}, and the images are ${IMAGES.join(", ")}.`);
  return name;
}

/** This file is in the checkout's testbed/, or part of a program somewhere below its dist/. */
function projectRoot(): string {
  let directory = import.meta.dirname;
  while (!existsSync(join(directory, "scripts/image"))) {
    if (directory === "/") throw new Error("scripts/image is missing.");
    directory = dirname(directory);
  }
  return directory;
}

const found = new Map<string, Promise<string>>();

/** Runs a script of ours that prints a path, once. Rejects with what it said. */
function pathFrom(script: string, argument: string): Promise<string> {
  const key = `${script} ${argument}`;
  const path = found.get(key) ?? runScript(script, argument);
  found.set(key, path);
  return path;
}

async function runScript(script: string, argument: string): Promise<string> {
  const argv = [join(projectRoot(), "scripts", script), argument] as const;
  const child = spawn(argv[0], argv.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
  child.stderr.on("data", (said: Buffer) => process.stderr.write(said));
  const { status, stdout, stderr } = await complete(child, argv, "", BUILD_TIMEOUT_MS);
  if (status !== 0) throw new Error(stderr.trim());
  return stdout.trim();
}

/** The directory of an image, which is built if it is missing. Rejects with the words of the mirror. */
export const findImage = (name: ImageName): Promise<string> => pathFrom("image", name);

/** The other Node that a run of the tests is about, as `--bind-ro` takes it; null for the image's own. */
export async function nodeInUse(): Promise<string | null> {
  const version = process.env["TESTBED_NODE"];
  return version === undefined ? null : `${await pathFrom("npm-node", version)}:/usr/local/bin/node`;
}

/** Which implementation of the bus a run of the tests is about. */
export function busInUse(): "dbus-daemon" | "dbus-broker" {
  const bus = process.env["TESTBED_BUS"] ?? "dbus-daemon";
  if (bus !== "dbus-daemon" && bus !== "dbus-broker") {
    throw new Error(`TESTBED_BUS is ${bus}, and the buses are dbus-daemon and dbus-broker.`);
  }
  return bus;
}
