import { describe, expect, test } from "@jest/globals";
import { Pairing } from "../../../src/helperctl/log/pairing.ts";
import { allowed, begun, refused } from "./records.ts";

const FIRST = "aa";
const SECOND = "bb";

describe("a verb", () => {
  test("is one decision once it has ended, and none before", () => {
    const pairing = new Pairing();
    expect(pairing.take({ record: begun(), invocation: FIRST })).toEqual([]);
    expect(pairing.take({ record: allowed(), invocation: FIRST })).toEqual([
      { record: allowed(), fate: "ended" },
    ]);
    expect(pairing.rest(FIRST)).toEqual([]);
  });

  test("is under way while the run of the helper that began it goes on", () => {
    const pairing = new Pairing();
    pairing.take({ record: begun(), invocation: FIRST });
    expect(pairing.lost(FIRST)).toEqual([]);
    expect(pairing.rest(FIRST)).toEqual([{ record: begun(), fate: "under-way" }]);
  });

  test.each([null, SECOND])("is lost where the helper that runs now is %j, and told of once", (running) => {
    const pairing = new Pairing();
    pairing.take({ record: begun(), invocation: FIRST });
    expect(pairing.rest(running)).toEqual([{ record: begun(), fate: "lost" }]);
    expect(pairing.rest(running)).toEqual([]);
  });

  test("is lost as soon as another run of the helper logs anything", () => {
    const pairing = new Pairing();
    pairing.take({ record: begun(), invocation: FIRST });
    expect(pairing.take({ record: null, invocation: SECOND })).toEqual([{ record: begun(), fate: "lost" }]);
  });

  test("is told of with its end alone where its beginning is further back than was read", () => {
    expect(new Pairing().take({ record: allowed(), invocation: FIRST })).toHaveLength(1);
  });
});

test("a refusal is a decision by itself", () => {
  expect(new Pairing().take({ record: refused(), invocation: FIRST })).toEqual([
    { record: refused(), fate: "ended" },
  ]);
});
