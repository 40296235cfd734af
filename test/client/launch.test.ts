import { expect, test } from "@jest/globals";
import type { CallOptions, Credentials } from "../../src/client/index.ts";
import { DeniedError } from "../../src/client/index.ts";
import { clientOf, rejection } from "./clients.ts";
import type { ReceivedRequest } from "./line-server.ts";
import { LineServer } from "./line-server.ts";
import { unitState } from "./states.ts";

/** Launches zoe's server in a helper where it is in `activeState`; `denied` is a method that is refused. */
async function launched(
  activeState: string,
  credentials?: Credentials,
  options?: CallOptions,
  denied?: string,
): Promise<{ requests: ReceivedRequest[]; outcome: unknown }> {
  const requests: ReceivedRequest[] = [];
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      requests.push(request);
      if (request.method === denied) peer.fail(request, "denied", {});
      else
        peer.reply(request, unitState({ activeState: request.method === "start" ? "active" : activeState }));
    }
  });
  await using client = clientOf(server);
  const launch = client.launch({ user: "zoe" }, credentials, options);
  const outcome = await launch.catch((error: unknown) => error);
  return { requests, outcome };
}

const methods = (requests: ReceivedRequest[]) => requests.map(({ method }) => method);

test("a launch writes the credentials, looks, and starts", async () => {
  const { requests, outcome } = await launched("inactive", { env: { A: "1" }, files: { cafile: "ca" } });
  expect(methods(requests)).toEqual(["write-credentials", "status", "start"]);
  expect(requests[0]?.params).toEqual({ user: "zoe", env: { A: "1" }, files: { cafile: { text: "ca" } } });
  expect(outcome).toEqual(unitState());
});

test("a unit that has failed is reset before it is started", async () => {
  const { requests } = await launched("failed", {});
  expect(methods(requests)).toEqual(["write-credentials", "status", "reset-failed", "start"]);
});

test("a launch without credentials writes none", async () => {
  const { requests } = await launched("inactive");
  expect(methods(requests)).toEqual(["status", "start"]);
});

test("all requests of a launch carry one id, and the time limit is the job's", async () => {
  const { requests } = await launched("failed", {}, { id: "spawn-3", timeoutMs: 4000 });
  expect(new Set(requests.map(({ id }) => id))).toEqual(new Set(["spawn-3"]));
  expect(requests.at(-1)?.params).toEqual({ user: "zoe", timeoutMs: 4000 });
});

test.each(["write-credentials", "status", "reset-failed", "start"])(
  "a launch ends with the first step that fails: %s",
  async (denied) => {
    const { requests, outcome } = await launched("failed", {}, {}, denied);
    expect(outcome).toBeInstanceOf(DeniedError);
    expect(methods(requests).at(-1)).toBe(denied);
  },
);

test("a launch that was aborted sends nothing", async () => {
  const { requests, outcome } = await launched("inactive", {}, { signal: AbortSignal.abort("left") });
  expect(outcome).toBe("left");
  expect(requests).toEqual([]);
});

test("an aborted launch rejects with the signal's reason", async () => {
  await using server = await LineServer.start((peer) => void peer.listen());
  await using client = clientOf(server);
  const abort = new AbortController();
  const launch = rejection(client.launch({ user: "zoe" }, {}, { signal: abort.signal }));
  abort.abort("left");
  expect(await launch).toBe("left");
});
