import { expect, test } from "@jest/globals";
import { DEFAULT_JOB_TIMEOUT_MS } from "../../src/client/client.ts";
import { DEFAULT_TIMEOUT_MS } from "../../src/protocol/params.ts";
import { HelperClient, JobFailedError } from "../../src/client/index.ts";
import { clientOf, rejection } from "./clients.ts";
import type { ReceivedRequest } from "./line-server.ts";
import { answering, LineServer } from "./line-server.ts";
import { unitState } from "./states.ts";

const zoe = { user: "zoe", server: "gpu", template: "singleuser" };

/** Runs calls against a server that notes what arrives and answers `answer`. */
async function requestsOf(
  calls: (client: HelperClient) => Promise<unknown>,
  answer: (request: ReceivedRequest) => unknown = () => ({}),
): Promise<ReceivedRequest[]> {
  const requests: ReceivedRequest[] = [];
  await using server = await LineServer.start(
    answering((request) => {
      requests.push(request);
      return answer(request);
    }),
  );
  await using client = clientOf(server);
  await calls(client);
  return requests;
}

test.each<[string, (client: HelperClient) => Promise<unknown>, string, object]>([
  ["describe", (c) => c.describe(), "describe", {}],
  ["start", (c) => c.start(zoe, { timeoutMs: 5000 }), "start", { ...zoe, timeoutMs: 5000 }],
  ["stop", (c) => c.stop({ user: "zoe" }), "stop", { user: "zoe", timeoutMs: 120_000 }],
  ["resetFailed", (c) => c.resetFailed(zoe), "reset-failed", zoe],
  ["removeCredentials", (c) => c.removeCredentials(zoe), "remove-credentials", zoe],
  ["status", (c) => c.status(zoe), "status", zoe],
  ["list", (c) => c.list({ user: "zoe" }), "list", { user: "zoe" }],
  [
    "explain",
    (c) => c.explain({ uid: 33 }, "start", zoe),
    "explain",
    { peer: { uid: 33 }, method: "start", ...zoe },
  ],
])("%s sends its method and its params", async (_name, call, method, params) => {
  const [request] = await requestsOf(call, () => ({ units: [] }));
  expect(request).toMatchObject({ method, params });
  expect(Object.keys(request?.params ?? {}).sort()).toEqual(Object.keys(params).sort());
});

test("a credential file is sent as text, and as base64 where it is bytes or holds a NUL", async () => {
  const files = { cafile: "grün", keyfile: "a\0b", certfile: new Uint8Array([0, 255]), ["__proto__"]: "x" };
  const [request] = await requestsOf((c) => c.writeCredentials(zoe, { env: { A: "1" }, files }));
  expect(request?.params["env"]).toEqual({ A: "1" });
  expect(Object.entries(request?.params["files"] as object)).toEqual([
    ["cafile", { text: "grün" }],
    ["keyfile", { base64: "YQBi" }],
    ["certfile", { base64: "AP8=" }],
    ["__proto__", { text: "x" }],
  ]);
});

test("a unit's state serves as the target of the next call", async () => {
  const [request] = await requestsOf((c) => c.resetFailed(unitState({ server: "gpu" })));
  expect(request?.params).toEqual(zoe);
});

test("the id of a request is the caller's, or one made for it", async () => {
  const requests = await requestsOf(async (c) => {
    await c.status(zoe, { id: "spawn-1" });
    await c.status(zoe, { id: 7 });
    await c.status(zoe);
  });
  expect(requests.map(({ id }) => id)).toEqual(["spawn-1", 7, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

test("calls share one connection and arrive in the order in which they were made", async () => {
  const names = Array.from({ length: 300 }, (_, n) => `user${n}`);
  const seen: unknown[] = [];
  await using server = await LineServer.start(
    answering(({ params }) => {
      seen.push(params["user"]);
      return unitState({ user: String(params["user"]) });
    }),
  );
  await using client = clientOf(server);
  const states = await Promise.all(names.map((user) => client.status({ user })));
  expect(seen).toEqual(names);
  expect(states.map(({ user }) => user)).toEqual(names);
  expect(server.accepted).toBe(1);
});

test("replies find their calls in whatever order they come", async () => {
  await using server = await LineServer.start(async (peer) => {
    const requests: ReceivedRequest[] = [];
    for await (const request of peer) {
      requests.push(request);
      if (requests.length < 3) continue;
      for (const late of requests.reverse())
        peer.reply(late, unitState({ user: String(late.params["user"]) }));
    }
  });
  await using client = clientOf(server);
  const states = await Promise.all(["a", "b", "c"].map((user) => client.status({ user })));
  expect(states.map(({ user }) => user)).toEqual(["a", "b", "c"]);
});

test("a reply may be longer than any request", async () => {
  const units = Array.from({ length: 3000 }, (_, n) => unitState({ user: `user${n}` }));
  await using server = await LineServer.start(answering(() => ({ units })));
  await using client = clientOf(server);
  expect(await client.list()).toEqual(units);
});

test("an id that is in flight is not used twice", async () => {
  await using server = await LineServer.start((peer) => void peer.listen());
  await using client = clientOf(server);
  const first = rejection(client.status(zoe, { id: "same" }));
  expect(await rejection(client.status(zoe, { id: "same" }))).toBeInstanceOf(TypeError);
  client.close();
  expect(await first).toMatchObject({ code: "client-closed" });
});

test.each([1.5, Number.NaN, "\ud800"])("the id %p, which no reply could carry, is refused", async (id) => {
  await using client = new HelperClient({ socketPath: "/nonexistent" });
  expect(await rejection(client.status(zoe, { id }))).toBeInstanceOf(TypeError);
});

test.each([0, -1, Number.NaN, Infinity, 2 ** 31])("the time limit %p is refused", async (timeoutMs) => {
  await using client = new HelperClient({ socketPath: "/nonexistent" });
  expect(await rejection(client.status(zoe, { timeoutMs }))).toBeInstanceOf(RangeError);
  expect(await rejection(client.start(zoe, { timeoutMs }))).toBeInstanceOf(RangeError);
  expect(() => new HelperClient({ timeoutMs })).toThrow(RangeError);
});

test("an error of the helper carries its code, details, sentence and the request's id", async () => {
  const state = unitState({ activeState: "failed", result: "exit-code", execMainStatus: 203 });
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      peer.fail(request, "job-failed", {
        unit: state.unit,
        jobResult: "failed",
        state,
        hint: "The program could not be run.",
      });
    }
  });
  await using client = clientOf(server);
  const error = await rejection(client.start(zoe, { id: "spawn-2" }));
  expect(error).toBeInstanceOf(JobFailedError);
  expect(error).toMatchObject({
    name: "JobFailedError",
    code: "job-failed",
    requestId: "spawn-2",
    message: "The program could not be run.",
    details: { unit: state.unit, jobResult: "failed", state, hint: "The program could not be run." },
  });
});

test("the default limit of a job is the protocol's", () => {
  expect(DEFAULT_JOB_TIMEOUT_MS).toBe(DEFAULT_TIMEOUT_MS);
});
