import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import * as library from "../../src/client/index.ts";
import { CLIENT_ERROR_CLASSES, ERROR_CLASSES } from "../../src/client/errors.ts";
import { errorFromWire } from "../../src/client/wire-error.ts";
import type { ErrorCode } from "../../src/protocol/errors.ts";
import { ERRORS, ProtocolError } from "../../src/protocol/errors.ts";
import { unitState } from "./states.ts";

const members: Record<string, unknown> = {
  state: unitState(),
  outcome: "none",
  retryAfterMs: 5,
  afterMs: 5,
  limit: 5,
};

const detailsOf = (code: ErrorCode): object =>
  Object.fromEntries(ERRORS[code].data.map((name) => [name, members[name] ?? `the ${name}`]));

const exported = Object.entries(library).filter(
  ([name, value]) => name !== "HelperError" && (value as { prototype: unknown }).prototype instanceof Error,
);
const classes = { ...ERROR_CLASSES, ...CLIENT_ERROR_CLASSES };

test("every code of the protocol has a class, and every class has a code", () => {
  expect(Object.keys(ERROR_CLASSES).sort()).toEqual(Object.keys(ERRORS).sort());
  expect(Object.keys(CLIENT_ERROR_CLASSES).filter((code) => Object.hasOwn(ERRORS, code))).toEqual([]);
  expect(new Set(exported.map(([, Class]) => Class))).toEqual(new Set(Object.values(classes)));
});

test("classes are exported under their own names", () => {
  for (const [name, Class] of exported) expect((Class as { name: string }).name).toBe(name);
});

test.each(Object.keys(ERRORS) as ErrorCode[])("%s off the wire is an error of its class", (code) => {
  const details = detailsOf(code);
  const error = errorFromWire(new ProtocolError(code, details).toWire(), "r1");
  expect(error).toBeInstanceOf(ERROR_CLASSES[code]);
  expect(error).toBeInstanceOf(library.HelperError);
  expect(error).toMatchObject({ code, details, requestId: "r1" });
  expect(error.message).toBe(ERRORS[code].message(details as never));
  expect(error.stack?.split("\n")[0]).toBe(`${ERROR_CLASSES[code].name}: ${error.message}`);
  expect(Object.keys(error.details)).toEqual(Object.keys(details));
});

test("a code of a newer helper is a plain HelperError with its data", () => {
  const data = { code: "out-of-tea", cups: 0 };
  const error = errorFromWire({ code: -32042, message: "No tea.", data }, 7);
  expect(error.constructor).toBe(library.HelperError);
  expect(error).toMatchObject({ code: "out-of-tea", details: { cups: 0 }, message: "No tea.", requestId: 7 });
});

test.each([undefined, null, "text", { code: 7 }])("error.data %p gives the number for a code", (data) => {
  expect(errorFromWire({ code: -32042, message: "No tea.", data }, 7)).toMatchObject({ code: "-32042" });
});

test.each(["ENOENT", "ECONNREFUSED", "EACCES"])("a connect that fails with %s says what to do", (reason) => {
  const error = new library.ConnectError("r", { socketPath: "/s", reason, outcome: "none" });
  expect(error.message).toMatch(/systemctl|SupplementaryGroups=hub-helper/);
  expect(error.message).not.toContain(reason);
});

test("the documentation lists every class with its code", async () => {
  const text = await readFile(new URL("../../docs/client.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([A-Za-z]+Error)` +\| `([a-z-]+)` +\|/gm)].map(([, name, code]) => [
    code,
    name,
  ]);
  expect(rows.sort()).toEqual(
    Object.entries(classes)
      .map(([code, Class]) => [code, Class.name])
      .sort(),
  );
});
