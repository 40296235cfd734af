import { describe, expect, test } from "@jest/globals";
import type { Message, RawClient } from "./raw-client.ts";
import { HUB, ROOT, setStage, STRANGER } from "./stage.ts";

const FRAME_BYTES = 4096;
const stage = setStage({ limits: { frame_bytes: FRAME_BYTES, frame_seconds: 1 } });

const describeFrame = (id: unknown): string => JSON.stringify({ jsonrpc: "2.0", id, method: "describe" });

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

/** What a connection says to one frame, given that it then still answers. */
async function answerTo(client: RawClient, frame: string | Uint8Array): Promise<Message> {
  client.send(Buffer.concat([Buffer.from(frame as string), Buffer.from("\n")]));
  await client.received(1);
  expect(await client.call("describe")).toHaveProperty("result.protocol", 1);
  return client.messages[0] as Message;
}

describe("a frame that is not a request", () => {
  const frames: Record<string, [string, string | Uint8Array]> = {
    words: ["parse-error", "hello"],
    nothing: ["parse-error", ""],
    "invalid UTF-8": ["parse-error", Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    "half an object": ["parse-error", '{"jsonrpc":"2.0",'],
    "two objects": ["parse-error", `${describeFrame(7)}${describeFrame(8)}`],
    "a byte order mark": ["parse-error", `\uFEFF${describeFrame(7)}`],
    "a number": ["invalid-request", "42"],
    null: ["invalid-request", "null"],
    "an empty batch": ["invalid-request", "[]"],
    "a batch": ["invalid-request", `[${describeFrame(7)}]`],
    "17 levels of nesting": ["invalid-request", deep(17)],
    "2000 levels of nesting": ["invalid-request", deep(2000)],
    "an object without jsonrpc": ["invalid-request", '{"id":7,"method":"describe"}'],
    "JSON-RPC 1.0": ["invalid-request", '{"jsonrpc":"1.0","id":7,"method":"describe"}'],
    "a member too many": ["invalid-request", '{"jsonrpc":"2.0","id":7,"method":"describe","peer":{"uid":0}}'],
    "a method that is a number": ["invalid-request", '{"jsonrpc":"2.0","id":7,"method":1}'],
    "params that are a string": [
      "invalid-request",
      '{"jsonrpc":"2.0","id":7,"method":"describe","params":"x"}',
    ],
  };

  test.each(Object.entries(frames))(
    "such as %s is answered, and the connection goes on",
    async (_, given) => {
      const [code, frame] = given;
      const { error } = await answerTo(await stage.connect(), frame);
      expect(error?.data.code).toBe(code);
    },
  );

  test("is answered to a peer that no rule matches, too", async () => {
    const client = await stage.connect(STRANGER);
    client.send("hello\n[]\n");
    await client.received(2);
    expect(client.messages.map(({ error }) => error?.data.code)).toEqual(["parse-error", "invalid-request"]);
    expect((await client.error("describe")).data).toEqual({ code: "denied" });
  });
});

describe("an id", () => {
  test.each([0, -1, 9007199254740991, "", "7", "é\u2028", "__proto__", "x".repeat(1000)])(
    "such as %j comes back as it was",
    async (id) => {
      const { id: back, result } = await answerTo(await stage.connect(), describeFrame(id));
      expect(back).toBe(id);
      expect(result).toBeDefined();
    },
  );

  test.each(["1.5", "true", "{}", "[1]", "null", "1e400", "9007199254740993", '"\\ud800"'])(
    "such as %s is an invalid request, answered with the id null",
    async (id) => {
      const frame = `{"jsonrpc":"2.0","id":${id},"method":"describe"}`;
      const answer = await answerTo(await stage.connect(), frame);
      expect([answer.id, answer.error?.data.code]).toEqual([null, "invalid-request"]);
    },
  );

  test("comes back with an error in a request that is otherwise wrong", async () => {
    const frame = '{"jsonrpc":"2.0","id":"mine","method":"describe","params":7}';
    const { id, error } = await answerTo(await stage.connect(), frame);
    expect([id, error?.data.code]).toEqual(["mine", "invalid-request"]);
  });

  test("that is missing makes a notification, which is neither answered nor carried out", async () => {
    const unit = await stage.server("notified");
    const client = await stage.connect();
    client.sendFrame({ jsonrpc: "2.0", method: "start", params: { user: "notified" } });
    client.sendFrame({ jsonrpc: "2.0", method: "write-credentials", params: { user: "notified" } });
    const status = await client.result("status", { user: "notified" });
    expect(status).toMatchObject({ activeState: "inactive", credentials: [], invocationId: null });
    expect(client.lines).toHaveLength(1);
    expect(await stage.testbed.exists(`/run/hub-helper/units/${unit}`)).toBe(false);
  });
});

describe("a frame", () => {
  /** A request of exactly so many bytes. */
  const sized = (bytes: number): string => describeFrame("x".repeat(bytes - describeFrame("").length));

  test("of exactly frame_bytes is answered", async () => {
    expect((await answerTo(await stage.connect(), sized(FRAME_BYTES))).result).toBeDefined();
  });

  test.each([HUB, STRANGER, ROOT])("one byte longer is too large for %j, and the last", async (speaker) => {
    const client = await stage.connect(speaker);
    client.send(`${describeFrame("before")}\n${sized(FRAME_BYTES + 1)}\n${describeFrame("after")}\n`);
    expect(await client.closedByHelper()).toBe("");
    const large = await client.answer(null);
    expect(large.error?.data).toEqual({ code: "too-large", limit: FRAME_BYTES });
    expect(client.messages.map(({ id }) => id).sort()).toEqual(["before", null]);
  });

  test("is refused when its first byte too many arrives, before its end is known", async () => {
    const client = await stage.connect();
    client.send("x".repeat(FRAME_BYTES));
    expect((await (await stage.connect()).call("describe")).result).toBeDefined();
    expect(client.lines).toEqual([]);
    client.send("x");
    expect((await client.answer(null)).error?.data.code).toBe("too-large");
    await client.closedByHelper();
  });

  test("may come byte by byte, and many may come in one write", async () => {
    const client = await stage.connect();
    client.send(`${describeFrame("bytewise")}\n`, 1);
    expect((await client.answer("bytewise")).result).toBeDefined();
    const ids = Array.from({ length: 100 }, (_, at) => at);
    client.send(ids.map((id) => `${describeFrame(id)}\n`).join(""));
    await client.received(101);
    expect(
      client.messages
        .slice(1)
        .map(({ id }) => Number(id))
        .sort((a, b) => a - b),
    ).toEqual(ids);
  });

  test("that is cut at the end of the connection is not carried out", async () => {
    const client = await stage.connect();
    client.send('{"jsonrpc":"2.0","id":1,"method":"describe"}');
    client.end();
    expect(await client.closedByHelper()).toBe("");
    expect(client.lines).toEqual([]);
  });

  test("that is not complete within frame_seconds ends the connection with an answer", async () => {
    const client = await stage.connect();
    const begun = performance.now();
    client.send('{"jsonrpc"');
    const { error } = await client.answer(null);
    expect(error?.data.code).toBe("invalid-request");
    expect(error?.data["problem"]).toContain("1 s");
    expect(performance.now() - begun).toBeGreaterThan(900);
    await client.closedByHelper();
  });

  test("has its time from its own first byte, and an idle connection has all the time it wants", async () => {
    const client = await stage.connect();
    await client.result("describe");
    const other = await stage.connect();
    other.send("{");
    // The other's time is up: more than frame_seconds have passed for this one, too.
    await other.closedByHelper();
    expect((await client.call("describe")).result).toBeDefined();
    expect(client.isOpen).toBe(true);
  });
});
