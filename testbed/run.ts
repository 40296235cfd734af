import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

export interface Result {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class CommandFailed extends Error {
  readonly result: Result;

  constructor(
    argv: readonly string[],
    result: Result,
    why = `status ${result.signal ?? result.status ?? "?"}`,
  ) {
    super(`${argv.join(" ")}: ${why}\n${result.stderr}${result.stdout}`.trimEnd());
    this.name = "CommandFailed";
    this.result = result;
  }
}

/** Feeds a child with piped standard streams and waits for its end; kills it, and rejects, when the time is up. */
export async function complete(
  child: ChildProcess,
  argv: readonly string[],
  input: string | Uint8Array,
  timeoutMs: number,
): Promise<Result> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // A program may end without reading its input.
  child.stdin?.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") child.emit("error", error);
  });
  child.stdin?.end(input);
  const deadline = AbortSignal.timeout(timeoutMs);
  const kill = (): boolean => child.kill("SIGKILL");
  deadline.addEventListener("abort", kill);
  const [status, signal] = (await once(child, "close").finally(() => {
    deadline.removeEventListener("abort", kill);
  })) as [number | null, NodeJS.Signals | null];
  const result = { status, signal, stdout: stdout(), stderr: stderr() };
  if (deadline.aborted) throw new CommandFailed(argv, result, `not done after ${timeoutMs} ms`);
  return result;
}

function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
