import { expect } from "@jest/globals";
import type { HelperClient, WatchEvent } from "../../src/client/index.ts";
import { HelperError } from "../../src/client/index.ts";
import { clientOf, rejection } from "./clients.ts";
import type { Peer, ReceivedRequest } from "./line-server.ts";
import { LineServer } from "./line-server.ts";

interface SeenEvent {
  readonly kind: string;
  readonly units: readonly unknown[];
}

/** What happens next: one member each. */
interface Step {
  /** The next events. */
  readonly take?: readonly SeenEvent[];
  /** The helper sends these in one piece. */
  readonly send?: readonly object[];
  /** Everything that was sent has been read, while nobody waited for an event. */
  readonly settle?: true;
  /** The connection ends. */
  readonly drop?: true;
  /** The next event is an error. */
  readonly fails?: { readonly code: string; readonly message: string; readonly details: object };
  /** There is no next event. */
  readonly over?: true;
  /** The consumer leaves. */
  readonly leave?: true;
  /** What the helper was told to end. */
  readonly unwatched?: string;
}

export interface WatchVector {
  readonly filter?: { readonly template?: string; readonly user?: string };
  /** The params of every request. */
  readonly params?: object;
  /** How each request is answered, in one piece; "$id" stands for the request's. */
  readonly begins: readonly (readonly object[] | "drop")[];
  readonly steps: readonly Step[];
}

const withId = (message: object, { id }: ReceivedRequest): object =>
  "id" in message && message.id === "$id" ? { ...message, id } : message;

/** The helper's side of a vector. */
class Script {
  readonly #begins: (readonly object[] | "drop")[];
  readonly asked: object[] = [];
  readonly unwatched: unknown[] = [];
  peer: Peer | undefined;

  constructor({ begins }: WatchVector) {
    this.#begins = [...begins];
  }

  get isDone(): boolean {
    return this.#begins.length === 0;
  }

  async run(peer: Peer): Promise<void> {
    for await (const request of peer) this.#answer(peer, request);
  }

  #answer(peer: Peer, request: ReceivedRequest): void {
    if (request.method === "unwatch") this.unwatched.push(request.params["subscription"]);
    if (request.method !== "watch") {
      peer.reply(request, { unit: "zoe.service" });
      return;
    }
    this.peer = peer;
    this.asked.push(request.params);
    const begin = this.#begins.shift();
    if (begin === undefined) throw new Error("asked once too often");
    if (begin === "drop") peer.socket.end();
    else peer.send(...begin.map((message) => withId(message, request)));
  }
}

const seen = (event: WatchEvent): SeenEvent => ({
  kind: event.type,
  units: event.type === "snapshot" ? event.units : [event.unit],
});

async function perform(
  step: Step,
  events: AsyncIterator<WatchEvent, undefined>,
  client: HelperClient,
  script: Script,
): Promise<void> {
  for (const event of step.take ?? []) {
    const { value } = await events.next();
    expect(value && seen(value)).toEqual(event);
  }
  if (step.send) script.peer?.send(...step.send);
  if (step.settle || step.unwatched !== undefined) await client.status({ user: "zoe" });
  if (step.drop) script.peer?.socket.end();
  if (step.fails) {
    const error = await rejection(events.next());
    expect(error).toBeInstanceOf(HelperError);
    const { code, message, details } = error as HelperError;
    expect({ code, message, details }).toEqual(step.fails);
  }
  if (step.over) expect(await events.next()).toEqual({ done: true, value: undefined });
  if (step.leave) await events.return?.();
  if (step.unwatched !== undefined) expect(script.unwatched).toEqual([step.unwatched]);
}

export async function runWatch(vector: WatchVector): Promise<void> {
  const script = new Script(vector);
  await using server = await LineServer.start((peer) => script.run(peer));
  await using client = clientOf(server);
  const events = client.watch(vector.filter);
  for (const step of vector.steps) await perform(step, events, client, script);
  expect(script.isDone).toBe(true);
  for (const params of script.asked) expect(params).toEqual(vector.params ?? {});
}
