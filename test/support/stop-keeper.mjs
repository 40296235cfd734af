// For jest, after the last file.
import { once } from "node:events";
import { rmSync } from "node:fs";
import { KEEPER } from "./start-keeper.mjs";

export default async function stopKeeper() {
  const { child, scratch, program } = globalThis[KEEPER];
  const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : null;
  child.stdin.end();
  await ended;
  for (const path of [scratch, program]) rmSync(path, { recursive: true, force: true });
}
