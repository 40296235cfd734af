import { expect, test } from "@jest/globals";
import type { WatchEvent } from "../../src/client/index.ts";
import { DeniedError } from "../../src/client/index.ts";
import { WatchQueue } from "../../src/client/watch-queue.ts";
import { clientOf, rejection } from "./clients.ts";
import type { Peer, ReceivedRequest } from "./line-server.ts";
import { answering, LineServer, notification, result } from "./line-server.ts";
import { unitState } from "./states.ts";

const unit = (user: string, activeState = "active") =>
  unitState({ unit: `${user}.service`, user, activeState });
const changed = (user: string, activeState = "active", subscription = "s1") =>
  notification("unit-changed", { subscription, unit: unit(user, activeState) });
const begun = (request: ReceivedRequest, units = [unit("zoe")], subscription = "s1") =>
  result(request, { subscription, units });
const snapshot = (...users: string[]): WatchEvent => ({
  type: "snapshot",
  units: users.map((user) => unit(user)),
});
const change = (user: string, activeState = "active"): WatchEvent => ({
  type: "change",
  unit: unit(user, activeState),
});

async function take(events: AsyncIterator<WatchEvent, undefined>, count: number): Promise<WatchEvent[]> {
  const taken: WatchEvent[] = [];
  while (taken.length < count) {
    const { value } = await events.next();
    if (value === undefined) throw new Error("the watch ended");
    taken.push(value);
  }
  return taken;
}

test("a watch yields a snapshot and then changes, also those that come in one piece with the reply", async () => {
  const asked: object[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      asked.push(request.params);
      peer.send(begun(request), changed("zoe", "deactivating"), changed("wash", "activating"));
    }
  });
  await using client = clientOf(server);
  const events = client.watch({ template: "singleuser" });
  expect(await take(events, 3)).toEqual([
    snapshot("zoe"),
    change("zoe", "deactivating"),
    change("wash", "activating"),
  ]);
  expect(asked).toEqual([{ template: "singleuser" }]);
});

test("leaving the loop tells the helper, and lets the connection become unused", async () => {
  const methods: unknown[] = [];
  const ends: Promise<unknown>[] = [];
  await using server = await LineServer.start(async (peer) => {
    ends.push(peer.closed);
    for await (const request of peer) {
      methods.push([request.method, request.params]);
      peer.send(request.method === "watch" ? begun(request) : result(request, {}));
    }
  });
  await using client = clientOf(server, { idleCloseMs: 5 });
  for await (const event of client.watch()) {
    expect(event).toEqual(snapshot("zoe"));
    break;
  }
  await Promise.all(ends);
  expect(methods).toEqual([
    ["watch", {}],
    ["unwatch", { subscription: "s1" }],
  ]);
});

test("a watch that nobody iterates over asks for nothing", async () => {
  await using server = await LineServer.start(answering(() => ({})));
  await using client = clientOf(server);
  const events = client.watch();
  expect(await events.return?.()).toEqual({ done: true, value: undefined });
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(server.accepted).toBe(0);
});

test("after its connection was lost, a watch says so, and begins again with a snapshot", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      peer.send(begun(request, [unit(`user${peer.number}`)]), changed("zoe"));
      if (peer.number < 5) peer.socket.end();
    }
  });
  await using client = clientOf(server);
  const seen: string[] = [];
  let losses = 0;
  for await (const event of client.watch({}, { onLost: () => losses++ })) {
    if (event.type === "snapshot") seen.push(...event.units.map(({ user }) => user));
    if (seen.includes("user5")) break;
  }
  expect(seen.at(-1)).toBe("user5");
  expect(losses).toBe(5);
});

test("a watch outlasts a helper that is away for longer than a call would wait", async () => {
  let arrived: Peer | undefined;
  await using server = await LineServer.start(async (peer) => {
    arrived = peer;
    for await (const request of peer) peer.send(begun(request, [unit(`user${peer.number}`)]));
  });
  await using client = clientOf(server);
  const events = client.watch();
  expect(await take(events, 1)).toEqual([snapshot("user0")]);
  expect(arrived).toBeDefined();
  await server.stop();
  const next = take(events, 1);
  expect(await rejection(clientOf(server).status({ user: "zoe" }))).toMatchObject({ code: "cannot-connect" });
  expect(await rejection(clientOf(server).status({ user: "zoe" }))).toMatchObject({ code: "cannot-connect" });
  await server.listen();
  expect(await next).toEqual([snapshot("user1")]);
});

test("where the first subscription fails, so does the watch, as any call", async () => {
  await using server = await LineServer.start(answering(() => ({})));
  await server.stop();
  await using client = clientOf(server);
  const events = client.watch();
  expect(await rejection(events.next())).toMatchObject({ code: "cannot-connect" });
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test("an overflow gives a fresh snapshot in place of what was queued", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      peer.send(
        begun(request),
        changed("zoe", "failed"),
        notification("watch-overflow", { subscription: "s1", units: [unit("wash")] }),
        changed("kaylee"),
      );
    }
  });
  await using client = clientOf(server);
  // The first snapshot was on its way to the loop already when the rest arrived.
  expect(await take(client.watch(), 3)).toEqual([snapshot("zoe"), snapshot("wash"), change("kaylee")]);
});

test("a slow consumer gets the latest state of each unit", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (request.method === "status") peer.reply(request, unit("zoe"));
      if (request.method !== "watch") continue;
      peer.send(begun(request));
      for (let n = 0; n < 20_000; n++) peer.send(changed(`user${n % 3}`, `state${n}`));
    }
  });
  await using client = clientOf(server);
  const events = client.watch();
  expect(await take(events, 1)).toEqual([snapshot("zoe")]);
  await client.status({ user: "zoe" });
  expect(await take(events, 3)).toEqual([
    change("user2", "state19997"),
    change("user0", "state19998"),
    change("user1", "state19999"),
  ]);
});

test("a queue holds one snapshot and one state of each unit, however much is put in", async () => {
  const queue = new WatchQueue();
  for (let n = 0; n < 100_000; n++) {
    queue.change(unit(`user${n % 2}`, `state${n}`));
    if (n % 1000 === 0) queue.replace([unit("zoe")]);
  }
  queue.fail("over");
  expect(await queue.next()).toEqual({ done: false, value: snapshot("zoe") });
  expect(await queue.next()).toEqual({ done: false, value: change("user0", "state99998") });
  expect(await queue.next()).toEqual({ done: false, value: change("user1", "state99999") });
  expect(await rejection(queue.next())).toBe("over");
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test("a watch that the policy no longer allows throws DeniedError after its last event", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      peer.send(begun(request), changed("zoe"), notification("watch-ended", { subscription: "s1" }));
    }
  });
  await using client = clientOf(server);
  const events = client.watch();
  expect(await take(events, 2)).toEqual([snapshot("zoe"), change("zoe")]);
  expect(await rejection(events.next())).toBeInstanceOf(DeniedError);
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test("a watch that is denied when it comes back throws DeniedError", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (peer.number > 0) peer.fail(request, "denied", {});
      else {
        peer.send(begun(request));
        peer.socket.end();
      }
    }
  });
  await using client = clientOf(server);
  const events = client.watch();
  await take(events, 1);
  expect(await rejection(events.next())).toBeInstanceOf(DeniedError);
});

test("an abort ends a watch with the signal's reason, and tells the helper", async () => {
  const unwatched: unknown[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (request.method === "watch") peer.send(begun(request));
      else {
        unwatched.push(request.params);
        peer.reply(request, {});
      }
    }
  });
  await using client = clientOf(server);
  const abort = new AbortController();
  const events = client.watch({}, { signal: abort.signal });
  await take(events, 1);
  const next = rejection(events.next());
  const reason = new Error("shutting down");
  abort.abort(reason);
  expect(await next).toBe(reason);
  expect(await events.next()).toEqual({ done: true, value: undefined });
  await client.status({ user: "zoe" });
  expect(unwatched[0]).toEqual({ subscription: "s1" });
});

test("a subscription that arrives after its watch was ended is given back", async () => {
  let answer = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let ended = (): void => undefined;
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const unwatched: unknown[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (request.method === "unwatch") unwatched.push(request.params);
      if (request.method !== "watch") {
        peer.reply(request, {});
        continue;
      }
      answer();
      await end;
      peer.send(begun(request));
    }
  });
  await using client = clientOf(server);
  const events = client.watch();
  const next = events.next();
  await arrived;
  await events.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  const status = client.status({ user: "zoe" });
  ended();
  await status;
  await client.status({ user: "zoe" });
  expect(unwatched).toEqual([{ subscription: "s1" }]);
});

test("closing the client ends its watches", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) peer.send(begun(request));
  });
  const client = clientOf(server);
  const events = client.watch();
  await take(events, 1);
  const next = events.next();
  client.close();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("two watches on one connection get their own events", async () => {
  await using server = await LineServer.start(async (peer) => {
    let count = 0;
    for await (const request of peer) {
      const subscription = `s${++count}`;
      peer.send(begun(request, [], subscription));
      if (count === 2) peer.send(changed("b", "active", "s2"), changed("a", "active", "s1"));
    }
  });
  await using client = clientOf(server);
  const [first, second] = await Promise.all([take(client.watch(), 2), take(client.watch(), 2)]);
  expect(first[1]).toEqual(change("a"));
  expect(second[1]).toEqual(change("b"));
  expect(server.accepted).toBe(1);
});

test("notifications that nobody knows are ignored, and one without its members ends the connection", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      peer.send(notification("weather", {}), { jsonrpc: "2.0", method: "weather" });
      peer.send(notification("unit-changed", { subscription: "other", unit: unit("zoe") }));
      peer.send(begun(request), notification("unit-changed", { subscription: "s1" }));
    }
  });
  await using client = clientOf(server, { retry: false });
  const events = client.watch();
  expect(await take(events, 1)).toEqual([snapshot("zoe")]);
  expect(await take(events, 1)).toEqual([snapshot("zoe")]);
});

test("a subscription without its members is a bad reply", async () => {
  await using server = await LineServer.start(answering(() => ({ subscription: 7 })));
  await using client = clientOf(server);
  expect(await rejection(client.watch().next())).toMatchObject({ code: "bad-reply" });
});
