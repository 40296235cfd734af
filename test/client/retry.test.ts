import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { BusyError, ConnectError, ConnectionLostError, UnavailableError } from "../../src/client/index.ts";
import { CLIENT_ERROR_CLASSES, ERROR_CLASSES } from "../../src/client/errors.ts";
import type { HelperError } from "../../src/client/index.ts";
import { backoffMs, didNothing, retryDelayMs } from "../../src/client/retry.ts";

const pace = { baseMs: 20, maxMs: 1000 };
const lost = new ConnectionLostError("r", { outcome: "unknown" });
const busy = new BusyError("r", { retryAfterMs: 300 });
const connect = (reason: string) => new ConnectError("r", { socketPath: "/s", reason, outcome: "none" });
const unavailable = (problem: string, outcome: "none" | "unknown") =>
  new UnavailableError("r", { problem, outcome });

/** How often a call that always fails so is tried, at most 1000 times. */
function triesOf(error: HelperError): number {
  let tries = 1;
  while (tries < 1000 && retryDelayMs(error, tries, pace, 0.5) !== null) tries++;
  return tries;
}

test.each<[string, HelperError, number]>([
  ["a lost connection", lost, 20],
  ["no socket", connect("ENOENT"), 8],
  ["nobody listening", connect("ECONNREFUSED"), 8],
  ["a full queue", connect("EAGAIN"), 1000],
  ["no permission", connect("EACCES"), 1],
  ["a busy helper", busy, 1000],
  ["an unreachable bus", unavailable("bus", "none"), 8],
  ["a bus that went away meanwhile", unavailable("bus", "unknown"), 20],
  ["a broken policy", unavailable("policy", "none"), 1],
])("%s is tried as often as the table says", (_name, error, tries) => {
  expect(triesOf(error)).toBe(tries);
});

const retried = ["busy", "unavailable", "connection-lost", "cannot-connect"];
const others = Object.entries({ ...ERROR_CLASSES, ...CLIENT_ERROR_CLASSES }).filter(
  ([code]) => !retried.includes(code),
);

test.each(others)("%s is never tried again", (_code, Class) => {
  expect(retryDelayMs(new Class("r", {} as never, { message: "" }), 1, pace, 0)).toBeNull();
});

test("what is no error of the helper is never tried again", () => {
  expect(retryDelayMs(new TypeError("x"), 1, pace, 0)).toBeNull();
});

test("after the first loss there is no pause", () => {
  expect(retryDelayMs(lost, 1, pace, 0.9)).toBe(0);
  expect(retryDelayMs(lost, 2, pace, 0)).toBe(20);
});

test("a busy helper is left alone for at least as long as it asks, also where it asks for nonsense", () => {
  expect(retryDelayMs(busy, 1, pace, 0)).toBe(300);
  expect(retryDelayMs(busy, 9, pace, 0.5)).toBe(450);
  for (const retryAfterMs of [Number.NaN, -5, undefined]) {
    expect(retryDelayMs(new BusyError("r", { retryAfterMs } as never), 1, pace, 0)).toBe(20);
  }
});

test("pauses grow to the longest and lose at most half to the jitter", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (tries, random) => {
        const ms = backoffMs(tries, pace, random);
        const full = backoffMs(tries, pace, 0);
        expect(full).toBe(Math.min(1000, 20 * 2 ** (tries - 1)));
        expect(ms).toBeLessThanOrEqual(full);
        expect(ms).toBeGreaterThanOrEqual(full / 2);
      },
    ),
  );
});

test("only an answer that says so is certain to have changed nothing", () => {
  expect([busy, unavailable("bus", "none")].map(didNothing)).toEqual([true, true]);
  expect([lost, unavailable("bus", "unknown"), new Error("x")].map(didNothing)).toEqual([
    false,
    false,
    false,
  ]);
});
