import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Credentials, Filter, HelperClient, Target } from "../../src/client/index.ts";
import type { Peer } from "./line-server.ts";

const FOLDER = join(import.meta.dirname, "../vectors");

/** The files that the clients in TypeScript and in Python are both held against. */
export const vectorFiles = (): string[] => readdirSync(FOLDER).filter((name) => name !== "README.md");

export const readVectors = (file: string): unknown =>
  JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as unknown;

type Part = string | { readonly hex: string } | { readonly repeat: string; readonly times: number };

/** Bytes that are sent in one piece. */
export type Chunk = Part | readonly Part[];

export interface CallVector {
  readonly method: string;
  readonly id: string | number;
  readonly target?: Target;
  readonly timeoutMs?: number;
  readonly filter?: Filter;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, { readonly text: string } | { readonly hex: string }>>;
}

function bytesOfPart(part: Part): Buffer {
  if (typeof part === "string") return Buffer.from(part);
  return "hex" in part ? Buffer.from(part.hex, "hex") : Buffer.from(part.repeat.repeat(part.times));
}

const bytesOf = (chunk: Chunk): Buffer => Buffer.concat([chunk].flat().map((part) => bytesOfPart(part)));

/** The pieces of a stream: its chunks, or all of it cut anew. */
export function piecesOf(chunks: readonly Chunk[], cut: number | undefined): Buffer[] {
  const pieces = chunks.map(bytesOf);
  if (cut === undefined) return pieces;
  const whole = Buffer.concat(pieces);
  return Array.from({ length: Math.ceil(whole.length / cut) }, (_, n) =>
    whole.subarray(n * cut, (n + 1) * cut),
  );
}

/** Sends each piece when the one before it can have been read: both ends live in this process. */
export async function sendPieces(peer: Peer, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    peer.socket.write(piece);
    await turn();
    await turn();
  }
}

/** An expected value, with `{repeat, times}` written out. */
export function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== "object" || value === null) return value;
  if ("repeat" in value && "times" in value) return String(value.repeat).repeat(Number(value.times));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, expand(member)]));
}

function credentialsOf({ env, files }: CallVector): Credentials {
  const contents =
    files &&
    Object.fromEntries(
      Object.entries(files).map(([name, file]) => [
        name,
        "text" in file ? file.text : Buffer.from(file.hex, "hex"),
      ]),
    );
  return { env, files: contents };
}

const CALLS: Record<string, (client: HelperClient, vector: CallVector, target: Target) => Promise<unknown>> =
  {
    describe: (client, { id }) => client.describe({ id }),
    start: (client, { id, timeoutMs }, target) => client.start(target, { id, timeoutMs }),
    stop: (client, { id, timeoutMs }, target) => client.stop(target, { id, timeoutMs }),
    "reset-failed": (client, { id }, target) => client.resetFailed(target, { id }),
    "write-credentials": (client, vector, target) =>
      client.writeCredentials(target, credentialsOf(vector), { id: vector.id }),
    "remove-credentials": (client, { id }, target) => client.removeCredentials(target, { id }),
    status: (client, { id }, target) => client.status(target, { id }),
    list: (client, { id, filter }) => client.list(filter, { id }),
  };

/** Makes the call that a vector is about. */
export function callOf(client: HelperClient, vector: CallVector): Promise<unknown> {
  const call = CALLS[vector.method];
  if (call === undefined) throw new Error(`there is no call for ${vector.method}`);
  return call(client, vector, vector.target ?? { user: "" });
}
