import { once } from "node:events";
import { expect, test } from "@jest/globals";
import { BusyError, CallTimeoutError } from "../../src/client/index.ts";
import { clientOf, rejection } from "./clients.ts";
import type { Peer, ReceivedRequest } from "./line-server.ts";
import { answering, LineServer } from "./line-server.ts";
import { unitState } from "./states.ts";

const zoe = { user: "zoe" };
const state = unitState();
const answerAll = answering(() => state);

/** Answers the first `times` requests with an error, the rest with a state. */
const failing = (times: number, fail: (peer: Peer, request: ReceivedRequest) => void) => {
  let failed = 0;
  return async (peer: Peer): Promise<void> => {
    for await (const request of peer) {
      if (failed++ < times) fail(peer, request);
      else peer.reply(request, state);
    }
  };
};

test("what is busy is asked again until it answers", async () => {
  await using server = await LineServer.start(
    failing(30, (peer, request) => peer.fail(request, "busy", { retryAfterMs: 1 })),
  );
  await using client = clientOf(server);
  expect(await client.start(zoe)).toEqual(state);
  expect(server.accepted).toBe(1);
});

test("a busy helper is not waited for where the time limit comes first", async () => {
  await using server = await LineServer.start(
    failing(1, (peer, request) => peer.fail(request, "busy", { retryAfterMs: 60_000 })),
  );
  await using client = clientOf(server);
  const error = await rejection(client.status(zoe));
  expect(error).toBeInstanceOf(BusyError);
  expect(error).toMatchObject({ details: { retryAfterMs: 60_000 } });
});

test("a helper that cannot reach systemd for a moment is asked again", async () => {
  await using server = await LineServer.start(
    failing(3, (peer, request) => peer.fail(request, "unavailable", { problem: "bus", outcome: "none" })),
  );
  await using client = clientOf(server);
  expect(await client.start(zoe)).toEqual(state);
});

test("a verb whose outcome the helper lost sight of is asked for again", async () => {
  await using server = await LineServer.start(
    failing(3, (peer, request) => peer.fail(request, "unavailable", { problem: "bus", outcome: "unknown" })),
  );
  await using client = clientOf(server);
  expect(await client.start(zoe)).toEqual(state);
});

test("a broken policy is reported at once", async () => {
  await using server = await LineServer.start(
    failing(1, (peer, request) => peer.fail(request, "unavailable", { problem: "policy", outcome: "none" })),
  );
  await using client = clientOf(server);
  expect(await rejection(client.start(zoe))).toMatchObject({
    code: "unavailable",
    details: { problem: "policy" },
  });
});

test("a call that gets no reply ends at its time limit, unsure", async () => {
  await using server = await LineServer.start((peer) => void peer.listen());
  await using client = clientOf(server, { timeoutMs: 20 });
  const error = await rejection(client.writeCredentials(zoe, {}, { id: "late" }));
  expect(error).toBeInstanceOf(CallTimeoutError);
  expect(error).toMatchObject({
    code: "timeout",
    requestId: "late",
    details: { afterMs: 20, outcome: "unknown" },
  });
});

test("an abort rejects with the signal's own reason, while connecting, waiting and between attempts", async () => {
  await using silent = await LineServer.start((peer) => void peer.listen());
  await using busy = await LineServer.start(
    failing(9, (peer, request) => {
      peer.fail(request, "busy", { retryAfterMs: 20_000 });
    }),
  );
  const reason = new Error("the user left");
  await using connecting = clientOf(silent);
  const early = new AbortController();
  const first = rejection(connecting.status(zoe, { signal: early.signal }));
  early.abort(reason);
  expect(await first).toBe(reason);

  await using waiting = clientOf(silent);
  await rejection(waiting.status(zoe, { timeoutMs: 20 }));
  const late = new AbortController();
  const second = rejection(waiting.status(zoe, { signal: late.signal }));
  late.abort(reason);
  expect(await second).toBe(reason);

  await using between = clientOf(busy);
  const third = rejection(between.status(zoe, { signal: AbortSignal.timeout(50), timeoutMs: 100_000 }));
  expect(await third).toMatchObject({ name: "TimeoutError" });
});

test("a call whose signal has aborted before sends nothing", async () => {
  await using server = await LineServer.start(answerAll);
  await using client = clientOf(server);
  expect(await rejection(client.start(zoe, { signal: AbortSignal.abort("no") }))).toBe("no");
  expect(server.accepted).toBe(0);
});

test("an aborted call leaves the others alone, and its late reply is dropped", async () => {
  let release = (): void => undefined;
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (request.method === "start") release = () => peer.reply(request, unitState({ user: "late" }));
      else {
        release();
        peer.reply(request, state);
      }
    }
  });
  await using client = clientOf(server);
  const abort = new AbortController();
  const start = rejection(client.start(zoe, { signal: abort.signal }));
  abort.abort();
  expect(await start).toMatchObject({ name: "AbortError" });
  expect(await client.status(zoe)).toEqual(state);
  expect(await client.status(zoe)).toEqual(state);
});

test("thousands of calls leave nothing behind on a signal that they share", async () => {
  await using server = await LineServer.start(answerAll);
  await using client = clientOf(server);
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  for (let n = 0; n < 2000; n++) await client.status(zoe, { signal });
  process.off("warning", note);
  expect(warnings).toEqual([]);
});

test("a connection is closed when it has not been used for a while, and opened again when needed", async () => {
  const closed: Promise<unknown>[] = [];
  await using server = await LineServer.start((peer) => {
    closed.push(peer.closed);
    return answerAll(peer);
  });
  await using client = clientOf(server, { idleCloseMs: 5 });
  expect(await client.status(zoe)).toEqual(state);
  await closed[0];
  expect(await client.status(zoe)).toEqual(state);
  expect(server.accepted).toBe(2);
});

test("a connection with a call in flight is not closed as unused", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      if (request.method === "start") {
        // The reply comes after many times the idle time, measured by connections that were closed meanwhile.
        for (let n = 0; n < 5; n++) {
          const other = clientOf(server, { idleCloseMs: 5 });
          await other.status(zoe);
        }
      }
      peer.reply(request, state);
    }
  });
  await using client = clientOf(server, { idleCloseMs: 5, retry: false });
  expect(await client.start(zoe)).toEqual(state);
});

test("closing the client rejects calls in flight, those between attempts and those to come", async () => {
  await using silent = await LineServer.start((peer) => void peer.listen());
  const client = clientOf(silent);
  await rejection(client.status(zoe, { timeoutMs: 20 }));
  const inFlight = rejection(client.start(zoe));
  const busy = await LineServer.start(
    failing(9, (peer, request) => peer.fail(request, "busy", { retryAfterMs: 20_000 })),
  );
  client.close();
  expect(await inFlight).toMatchObject({
    name: "ClientClosedError",
    code: "client-closed",
    details: { outcome: "unknown" },
  });
  expect(await rejection(client.start(zoe))).toMatchObject({
    code: "client-closed",
    details: { outcome: "none" },
  });

  const other = clientOf(busy);
  const between = rejection(other.start(zoe));
  await rejection(other.status(zoe, { timeoutMs: 30 }));
  other.close();
  expect(await between).toMatchObject({ code: "client-closed", details: { outcome: "none" } });
  await busy[Symbol.asyncDispose]();
});

test("closing the client ends its connection", async () => {
  let peer: Peer | undefined;
  await using server = await LineServer.start((accepted) => {
    peer = accepted;
    return answerAll(accepted);
  });
  const client = clientOf(server);
  await client.status(zoe);
  const socket = peer?.socket;
  const closed = socket && once(socket, "close");
  client.close();
  await closed;
  expect(socket?.destroyed).toBe(true);
});
