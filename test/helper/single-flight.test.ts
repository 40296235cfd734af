import { expect, test } from "@jest/globals";
import { SingleFlight } from "../../src/helper/single-flight.ts";

test("those who ask the same at the same time share one answer, and the next one asks anew", async () => {
  const flight = new SingleFlight<number>();
  let asked = 0;
  const ask = (): Promise<number> => Promise.resolve(++asked);
  expect(await Promise.all([flight.ask("a", ask), flight.ask("a", ask), flight.ask("b", ask)])).toEqual([
    1, 1, 2,
  ]);
  expect(await flight.ask("a", ask)).toBe(3);
});

test("a failure is everybody's who shared it, and is forgotten", async () => {
  const flight = new SingleFlight<number>();
  const fail = (): Promise<number> => Promise.reject(new Error("no"));
  const both = await Promise.allSettled([flight.ask("a", fail), flight.ask("a", fail)]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flight.ask("a", () => Promise.resolve(1))).toBe(1);
});
