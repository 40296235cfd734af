import { describe, expect, test } from "@jest/globals";
import type { Message, RawClient } from "./raw-client.ts";
import { HUB, ROOT, setStage, STRANGER } from "./stage.ts";

const FRAME_BYTES = 4096;
const stage = setStage({ limits: { frame_bytes: FRAME_BYTES, frame_seconds: 1 } });

const describeFrame = (id: unknown): string => JSON.stringify({ jsonrpc: "2.0", id, method: "describe" });

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

/** What a connection says to one frame that is taken for a request. */
async function answerTo(client: RawClient, frame: string): Promise<Message> {
  client.send(`${frame}\n`);
  await client.received(1);
  expect(await client.call("describe")).toHaveProperty("result.protocol", 1);
  return client.messages[0] as Message;
}

/** The error that ends a connection: the only thing that it says, whatever is sent behind the frame. */
async function lastWordTo(client: RawClient, frame: string | Uint8Array): Promise<string | undefined> {
  const behind = `\n${describeFrame("behind")}\n`;
  client.send(Buffer.concat([Buffer.from(frame as string), Buffer.from(behind)]));
  expect(await client.closedByHelper()).toBe("");
  expect(client.messages).toHaveLength(1);
  expect(client.messages[0]?.id).toBeNull();
  return client.messages[0]?.error?.data.code;
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
    "such as %s is answered once and ends the connection",
    async (_, given) => {
      const [code, frame] = given;
      expect(await lastWordTo(await stage.connect(), frame)).toBe(code);
    },
  );

  test.each([STRANGER, ROOT])("ends the connection of %j, too", async (speaker) => {
    expect(await lastWordTo(await stage.connect(speaker), "hello")).toBe("parse-error");
  });

  test("lets nothing behind it be executed, in the same write or later", async () => {
    const unit = await stage.server("behind");
    const client = await stage.connect();
    const start = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "start", params: { user: "behind" } })}\n`;
    client.send(`\n${start}`);
    client.send(start);
    await client.closedByHelper();
    client.send(start);
    expect(client.messages.map(({ error }) => error?.data.code)).toEqual(["parse-error"]);
    expect(await stage.property(unit, "ActiveState")).toBe("inactive");
    expect(await stage.testbed.exists(`/run/hub-helper/units/${unit}`)).toBe(false);
    const root = await stage.connect(ROOT);
    expect(await root.result("status", { user: "behind" })).toMatchObject({ invocationId: null });
  });

  test("takes no answer away from what was begun before it", async () => {
    await stage.server("before");
    const client = await stage.connect();
    client.sendFrame({ jsonrpc: "2.0", id: "start", method: "start", params: { user: "before" } });
    client.send("bye\n");
    expect((await client.answer("start")).result).toMatchObject({ activeState: "active" });
    expect((await client.answer(null)).error?.data.code).toBe("parse-error");
    expect(await client.closedByHelper()).toBe("");
  });
});

/** What a proxy that forwards to the socket makes of a user's request. */
const HTTP = ["POST", "PUT", "GET"].map(
  (verb) => `${verb} /user/mallory/ HTTP/1.1\r\nHost: hub.example\r\nContent-Length: 70\r\n\r\n`,
);

test.each(HTTP)("a request in the body of %j is not executed", async (head) => {
  const client = await stage.connect();
  client.send(`${head}\n${describeFrame("smuggled")}\n\n${describeFrame("again")}\n`);
  expect(await client.closedByHelper()).toBe("");
  expect(client.messages.map(({ id, error }) => [id, error?.data.code])).toEqual([[null, "parse-error"]]);
});

test("params that do not fit leave the connection open, whatever is wrong with them", async () => {
  const client = await stage.connect();
  const params = [
    '{"user":"zoe","extra":1}',
    '{"user":"zoe","user":"wash"}',
    '{"user":"\\ud800"}',
    '{"user":"zo\\u0000e"}',
    '{"user":"zoe","files":{"keyfile":{"base64":"AAE"}}}',
    "[]",
  ];
  for (const [id, each] of params.entries()) {
    client.send(`{"jsonrpc":"2.0","id":"p${id}","method":"write-credentials","params":${each}}\n`);
    expect((await client.answer(`p${id}`)).error?.data.code).toBe("invalid-params");
  }
  expect((await client.call("describe")).result).toBeDefined();
});

describe("an id", () => {
  test.each([0, -1, 9007199254740991, "", "7", "é\u2028", "__proto__", "x".repeat(128)])(
    "such as %j comes back as it was",
    async (id) => {
      const { id: back, result } = await answerTo(await stage.connect(), describeFrame(id));
      expect(back).toBe(id);
      expect(result).toBeDefined();
    },
  );

  test.each([
    "1.5",
    "true",
    "{}",
    "[1]",
    "null",
    "1e400",
    "9007199254740993",
    '"\\ud800"',
    `"${"x".repeat(129)}"`,
  ])("such as %s is an invalid request, and ends the connection", async (id) => {
    const frame = `{"jsonrpc":"2.0","id":${id},"method":"describe"}`;
    expect(await lastWordTo(await stage.connect(), frame)).toBe("invalid-request");
  });

  test("is null in the answer to a request that is otherwise wrong", async () => {
    const frame = '{"jsonrpc":"2.0","id":"mine","method":"describe","params":7}';
    expect(await lastWordTo(await stage.connect(), frame)).toBe("invalid-request");
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
  const sized = (bytes: number): string => {
    const frame = describeFrame(1);
    return `${frame}${" ".repeat(bytes - frame.length)}`;
  };

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
