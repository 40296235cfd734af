import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";

/** Packs a directory of this machine so that everybody may read it once it is unpacked. */
export const pack = (directory: string): ChildProcess =>
  spawn("tar", ["--create", "--mode=a+rX", `--directory=${directory}`, "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });

export const unpackInto = (directory: string): string[] => [
  "sh",
  "-c",
  'mkdir -p "$1" && exec tar --extract --no-same-owner --directory="$1"',
  "unpack",
  directory,
];

/** Joins two processes, and waits until both ended well. */
export async function pipe(from: ChildProcess, to: ChildProcess): Promise<void> {
  if (from.stdout === null || to.stdin === null) throw new TypeError("Both ends must be pipes.");
  const ends = Promise.all([from, to].map(async (child) => once(child, "close")));
  await pipeline(from.stdout, to.stdin);
  if ((await ends).some(([status]) => status !== 0)) throw new Error("Copying with tar failed.");
}
