import { expect, test } from "@jest/globals";
import { ConnectionLostError, HelperClient } from "../../src/client/index.ts";
import { clientOf, rejection } from "./clients.ts";
import type { Peer } from "./line-server.ts";
import { answering, LineServer, result } from "./line-server.ts";
import { unitState } from "./states.ts";

const zoe = { user: "zoe" };
const state = unitState();
const answerAll = answering(() => state);

/** The ways in which a helper that goes away can meet a request. */
const endings: Record<string, (peer: Peer) => Promise<void> | void> = {
  "right after accepting": (peer) => void peer.socket.destroy(),
  "by a half-close right after accepting": (peer) => void peer.socket.end(),
  "at the first byte": (peer) => void peer.socket.once("data", () => peer.socket.destroy()),
  "after reading the request": (peer) => void peer.listen().socket.once("data", () => peer.socket.end()),
  "in the middle of the reply": async (peer) => {
    for await (const request of peer) {
      return void peer.socket.end(JSON.stringify(result(request, state)).slice(0, 40));
    }
  },
  "after the reply but for its newline": async (peer) => {
    for await (const request of peer) return void peer.socket.end(JSON.stringify(result(request, state)));
  },
};

test.each(Object.keys(endings))("a call whose connection ends %s is made again", async (name) => {
  const ending = endings[name] ?? answerAll;
  await using server = await LineServer.start((peer) => (peer.number < 3 ? ending(peer) : answerAll(peer)));
  await using client = clientOf(server);
  const answers = await Promise.all([
    client.start(zoe),
    client.stop(zoe),
    client.resetFailed(zoe),
    client.status(zoe),
    client.writeCredentials(zoe, { env: {} }),
    client.removeCredentials(zoe),
  ]);
  expect(answers).toEqual(Array(6).fill(state));
});

test.each(Object.keys(endings))(
  "with retry: false, one that ends %s says that it is unsure",
  async (name) => {
    await using server = await LineServer.start(endings[name] ?? answerAll);
    await using client = clientOf(server, { retry: false });
    const error = await rejection(client.start(zoe, { id: "once" }));
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toMatchObject({ requestId: "once", details: { outcome: "unknown" } });
    expect(server.accepted).toBe(1);
  },
);

test("one call can be kept from being repeated", async () => {
  await using server = await LineServer.start((peer) => void peer.socket.end());
  await using client = clientOf(server);
  expect(await rejection(client.start(zoe, { retry: false }))).toBeInstanceOf(ConnectionLostError);
  expect(server.accepted).toBe(1);
});

test("a reply that comes together with the end of the connection counts", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) peer.socket.end(`${JSON.stringify(result(request, state))}\n`);
  });
  for (let n = 0; n < 50; n++) {
    await using client = clientOf(server, { retry: false });
    expect(await client.status(zoe)).toEqual(state);
  }
});

test("1000 calls in a row that each race with the end of an idle helper all succeed", async () => {
  await using server = await LineServer.start(async (peer) => {
    // As a helper with an idle time of nothing: it answers, and is gone while the next request is on its way.
    for await (const request of peer) {
      peer.reply(request, state);
      setImmediate(() => peer.socket.destroy());
    }
  });
  await using client = clientOf(server);
  for (let n = 0; n < 1000; n++) expect(await client.status(zoe)).toEqual(state);
}, 60_000);

test("1000 clients that each race with the end of an idle helper all succeed", async () => {
  await using server = await LineServer.start(async (peer) => {
    if (peer.number % 3 === 0) peer.socket.destroy();
    else await answerAll(peer);
  });
  const manyInTurn = async (): Promise<void> => {
    for (let n = 0; n < 50; n++) {
      await using client = clientOf(server);
      expect(await client.status(zoe)).toEqual(state);
    }
  };
  await Promise.all(Array.from({ length: 20 }, manyInTurn));
});

test("a helper that ends every connection is given up in the end", async () => {
  await using server = await LineServer.start((peer) => void peer.socket.destroy());
  await using client = clientOf(server);
  const error = await rejection(client.status(zoe));
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect(server.accepted).toBe(20);
});

test("a socket that is away for a moment is waited for", async () => {
  await using server = await LineServer.start(answerAll);
  await server.stop();
  await using client = clientOf(server, { retry: { baseMs: 20, maxMs: 50 } });
  const answer = client.status(zoe);
  // The first attempt has met no socket once this second client has.
  await using other = clientOf(server, { retry: false });
  expect(await rejection(other.status(zoe))).toMatchObject({
    code: "cannot-connect",
    details: { socketPath: server.path, reason: "ENOENT", outcome: "none" },
  });
  await server.listen();
  expect(await answer).toEqual(state);
});

test("where there is no socket, the error says what to do", async () => {
  await using client = new HelperClient({ socketPath: "/nonexistent/helper.sock", retry: { baseMs: 1 } });
  const error = await rejection(client.start(zoe));
  expect(error).toMatchObject({ code: "cannot-connect", details: { reason: "ENOENT", outcome: "none" } });
  expect(String(error)).toContain("systemctl enable --now helper.socket");
});

test("a start that is repeated asks for the time that is left", async () => {
  const asked: number[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      asked.push(Number(request.params["timeoutMs"]));
      if (asked.length === 1) peer.fail(request, "busy", { retryAfterMs: 30 });
      else peer.reply(request, state);
    }
  });
  await using client = clientOf(server);
  await client.start(zoe, { timeoutMs: 5000 });
  expect(asked[0]).toBe(5000);
  expect(asked[1]).toBeLessThanOrEqual(4970);
  expect(asked[1]).toBeGreaterThan(0);
});

test("a line that is not the protocol ends the connection, and the next call opens another", async () => {
  await using server = await LineServer.start(async (peer) => {
    if (peer.number > 0) return answerAll(peer);
    peer.listen().socket.once("data", () => peer.socket.write("HTTP/1.1 400 Bad Request\n"));
  });
  await using client = clientOf(server);
  expect(await rejection(client.status(zoe))).toMatchObject({
    name: "BadReplyError",
    code: "bad-reply",
    details: { problem: "a line that is not JSON in UTF-8", outcome: "unknown" },
  });
  expect(await client.status(zoe)).toEqual(state);
});

test("a frame that is too long fails its own call, and the others are made again", async () => {
  await using server = await LineServer.start(async (peer) => {
    if (peer.number > 0) return answerAll(peer);
    for await (const request of peer) {
      if (request.method !== "write-credentials") continue;
      peer.fail({ id: null }, "too-large", { limit: 1000 });
      peer.socket.end();
    }
  });
  await using client = clientOf(server);
  const status = client.status(zoe);
  const error = await rejection(client.writeCredentials(zoe, { files: { cafile: "x".repeat(2000) } }));
  expect(error).toMatchObject({ name: "TooLargeError", details: { limit: 1000 } });
  expect(await status).toEqual(state);
});

test("a connection refused with busy is tried again", async () => {
  await using server = await LineServer.start((peer) => {
    if (peer.number > 0) return answerAll(peer);
    peer.fail({ id: null }, "busy", { retryAfterMs: 1 });
    peer.socket.end();
  });
  await using client = clientOf(server);
  expect(await client.status(zoe)).toEqual(state);
});
