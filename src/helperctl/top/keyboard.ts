import type { ReadStream } from "node:tty";
import type { Key } from "./key-reader.ts";
import { KeyReader } from "./key-reader.ts";

/** A key that begins with Escape comes in one piece, or nearly: over a slow line a little later. */
const ESCAPE_MS = 50;

/** Calls back for each key, and once when no more can come, until the signal. */
export function readKeys(
  input: ReadStream,
  { onKey, onEnd }: { onKey: (key: Key) => void; onEnd: () => void },
  signal: AbortSignal,
): void {
  const reader = new KeyReader();
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => reader.settle().forEach(onKey);
  const onData = (bytes: Buffer): void => {
    clearTimeout(timer);
    reader.push(bytes).forEach(onKey);
    if (reader.isWaiting) timer = setTimeout(settle, ESCAPE_MS);
  };
  input.on("data", onData);
  // A terminal that was hung up ends, or fails with EIO: either way nobody is there.
  for (const end of ["end", "close", "error"]) input.on(end, onEnd);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    input.off("data", onData);
    for (const end of ["end", "close"]) input.off(end, onEnd);
    input.pause();
  });
}
