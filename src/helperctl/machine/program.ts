import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** What became of a program. */
export interface Ended {
  /** Null: a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Without it the program has no input at all. */
  readonly input?: string;
  /** Where it is killed; 20 seconds if not given. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;
/** What a program says beyond this is not kept. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Nothing of the caller's environment decides what root runs, or how that talks: no pager, no colours, no translation. */
const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C.UTF-8",
  SYSTEMD_COLORS: "0",
  SYSTEMD_PAGER: "",
  SYSTEMD_URLIFY: "0",
};

/** The program is not on this machine. */
export class ProgramMissing extends Error {
  override readonly name = "ProgramMissing";

  constructor(program: string) {
    super(`${program} is not on this machine`);
  }
}

async function begin(argv: readonly string[], stdin: "pipe" | "ignore"): Promise<ChildProcess> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { env: ENVIRONMENT, stdio: [stdin, "pipe", "pipe"], cwd: "/" });
  try {
    await once(child, "spawn");
    return child;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new ProgramMissing(program);
    throw error;
  }
}

function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

/**
 * Runs a program to its end, without a shell.
 * @throws ProgramMissing; Error where it takes too long
 */
export async function runProgram(
  argv: readonly string[],
  { input, timeoutMs = TIMEOUT_MS }: RunOptions = {},
): Promise<Ended> {
  const child = await begin(argv, input === undefined ? "ignore" : "pipe");
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  // A program may end without reading its input.
  child.stdin?.on("error", () => child.stdin?.destroy());
  child.stdin?.end(input);
  const deadline = AbortSignal.timeout(timeoutMs);
  deadline.addEventListener("abort", () => child.kill("SIGKILL"));
  const [status] = (await once(child, "close")) as [number | null];
  if (deadline.aborted) throw new Error(`${argv[0] ?? ""} was not done after ${timeoutMs} ms`);
  return { status, stdout: stdout(), stderr: stderr() };
}

/** The lines that a program prints, as they come. Leaving the loop, or the signal, ends the program. */
export async function* linesOf(argv: readonly string[], signal?: AbortSignal): AsyncGenerator<string, void> {
  if (signal?.aborted) return;
  // Loaded for those who follow a program, and they are few.
  const { createInterface } = await import("node:readline");
  const child = await begin(argv, "ignore");
  child.stderr?.resume();
  const end = (): boolean => child.kill("SIGTERM");
  signal?.addEventListener("abort", end, { once: true });
  const closed = once(child, "close");
  try {
    if (child.stdout !== null) yield* createInterface({ input: child.stdout, crlfDelay: Infinity });
  } finally {
    signal?.removeEventListener("abort", end);
    end();
    await closed;
  }
}
