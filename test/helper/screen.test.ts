import { describe, expect, test } from "@jest/globals";
import { type Changed, Screen } from "../../src/helper/systemd/screen.ts";

type Field = readonly [code: number, signature: "s" | "u", value: string | number];

const padded = (bytes: Buffer, to: number): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((to - (bytes.length % to)) % to)]);

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** One message of the bus: D-Bus specification, "Message Format". */
function message(type: number, fields: readonly Field[], body = Buffer.alloc(0)): Buffer {
  let packed = Buffer.alloc(0);
  for (const [code, signature, value] of fields) {
    const head = Buffer.concat([padded(packed, 8), Buffer.from([code, 1, signature.charCodeAt(0), 0])]);
    const text = typeof value === "string" ? Buffer.from(`${value}\0`) : Buffer.alloc(0);
    packed = Buffer.concat([head, word(typeof value === "string" ? text.length - 1 : value), text]);
  }
  const fixed = Buffer.concat([
    Buffer.from([0x6c, type, 1, 1]),
    word(body.length),
    word(7),
    word(packed.length),
  ]);
  return Buffer.concat([padded(Buffer.concat([fixed, packed]), 8), body]);
}

const BODY = Buffer.from("twelve bytes");
const SENDER: Field = [7, "s", ":1.0"];
const TO_US: Field = [6, "s", ":1.7"];
const reply = message(2, [[5, "u", 3], TO_US, SENDER], BODY);
const broadcast = message(4, [[1, "s", "/a"], [3, "s", "JobRemoved"], SENDER], BODY);
const addressed = message(4, [[1, "s", "/a"], [3, "s", "JobRemoved"], TO_US, SENDER], BODY);
const changed = message(4, [[1, "s", "/unit/a"], [3, "s", "PropertiesChanged"], SENDER], BODY);
const changedForUs = message(4, [[1, "s", "/unit/b"], [3, "s", "PropertiesChanged"], TO_US, SENDER], BODY);
const call = message(1, [[1, "s", "/a"], [3, "s", "Ping"], TO_US, SENDER], BODY);
const longPath = message(4, [[1, "s", `/${"a".repeat(5000)}`], SENDER], BODY);

describe("what comes from the bus", () => {
  const stream = [
    reply,
    addressed,
    broadcast,
    changed,
    call,
    changedForUs,
    addressed,
    longPath,
    reply,
    broadcast,
  ];
  const wanted = Buffer.concat([reply, broadcast, reply, broadcast]);

  test.each([1, 7, 16, 100, 1_000_000])(
    "is let through or not message by message, cut into %d bytes",
    (size) => {
      const news: Changed[] = [];
      const screen = new Screen((each) => news.push(each));
      const bytes = Buffer.concat(stream);
      const through: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size)
        through.push(screen.take(bytes.subarray(at, at + size)));
      expect(Buffer.concat(through)).toEqual(wanted);
      // What strangers address to us is no news, whatever it says.
      expect(news).toEqual([{ sender: ":1.0", path: "/unit/a" }]);
    },
  );
});
