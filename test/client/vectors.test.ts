import { describe, expect, test } from "@jest/globals";
import { HelperError } from "../../src/client/index.ts";
import { CLIENT_ERROR_CLASSES, ERROR_CLASSES } from "../../src/client/errors.ts";
import { DEFAULT_PACE, retryDelayMs } from "../../src/client/retry.ts";
import { clientOf } from "./clients.ts";
import { LineServer } from "./line-server.ts";
import type { CallVector, Chunk } from "./vectors.ts";
import { callOf, expand, piecesOf, readVectors, sendPieces, vectorFiles } from "./vectors.ts";
import type { WatchVector } from "./watch-vectors.ts";
import { runWatch } from "./watch-vectors.ts";

interface RequestVector extends CallVector {
  /** The frame without its newline. */
  readonly line: string;
}

async function runRequest(vector: RequestVector): Promise<void> {
  let bytes = Buffer.alloc(0);
  await using server = await LineServer.start((peer) => {
    peer.socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.at(-1) === 0x0a) peer.reply(vector, { units: [] });
    });
  });
  await using client = clientOf(server);
  await callOf(client, vector);
  expect(bytes.toString()).toBe(`${vector.line}\n`);
}

type Given = { result: unknown } | { error: { code: string; message: string; details: object } };

interface ReplyVector {
  readonly calls: readonly CallVector[];
  readonly chunks: readonly Chunk[];
  /** Cuts the stream anew, into pieces of so many bytes. */
  readonly cut?: number;
  /** Whether the connection ends after that. */
  readonly end?: true;
  /** What each call gives, by its id. */
  readonly gives: Readonly<Record<string, Given>>;
}

async function outcomeOf(call: Promise<unknown>, id: unknown): Promise<Given> {
  try {
    return { result: await call };
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    const { code, message, details } = error;
    expect(error.requestId).toBe(id);
    return { error: { code, message, details } };
  }
}

async function runReply({ calls, chunks, cut, end, gives }: ReplyVector): Promise<void> {
  await using server = await LineServer.start(async (peer) => {
    const ids: unknown[] = [];
    for await (const { id } of peer) {
      if (ids.push(id) < calls.length) continue;
      await sendPieces(peer, piecesOf(chunks, cut));
      if (end) peer.socket.end();
    }
  });
  await using client = clientOf(server, { retry: false });
  const outcomes = await Promise.all(
    calls.map(async (call) => [String(call.id), await outcomeOf(callOf(client, call), call.id)]),
  );
  expect(Object.fromEntries(outcomes)).toEqual(expand(gives));
}

interface RetryVector {
  readonly error: { readonly code: string; readonly details: object };
  readonly delaysMs: readonly {
    readonly tries: number;
    readonly random: number;
    /** Null for giving up. */
    readonly delayMs: number | null;
  }[];
}

const CLASSES = new Map<
  string,
  new (id: string, details: never, options: { message: string }) => HelperError
>(Object.entries({ ...ERROR_CLASSES, ...CLIENT_ERROR_CLASSES }));

function runRetry({ error: { code, details }, delaysMs }: RetryVector): void {
  const Class = CLASSES.get(code);
  if (Class === undefined) throw new Error(`there is no class for ${code}`);
  const error = new Class("r", details as never, { message: "" });
  expect(delaysMs).not.toHaveLength(0);
  for (const { tries, random, delayMs } of delaysMs) {
    const found = retryDelayMs(error, tries, DEFAULT_PACE, random);
    if (delayMs === null || found === null) expect(found).toBe(delayMs);
    else expect(found).toBeCloseTo(delayMs, 6);
  }
}

interface Named {
  readonly name: string;
}

const RUNNERS: Record<string, (vector: never) => Promise<void> | void> = {
  "replies.json": runReply,
  "requests.json": runRequest,
  "retries.json": runRetry,
  "watches.json": runWatch satisfies (vector: WatchVector) => Promise<void>,
};

test("every file of vectors is run", () => {
  expect(vectorFiles().sort()).toEqual(Object.keys(RUNNERS));
});

describe.each(vectorFiles())("%s", (file) => {
  const vectors = readVectors(file) as readonly Named[];
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", async (_name, vector) => {
    await RUNNERS[file]?.(vector as never);
    expect.hasAssertions();
  });
});
