import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Holdings, sizeOf } from "../../src/helper/credentials/holdings.ts";

const A = 990;
const B = 991;
const DISK = { bytes: 1_000_000, files: 1_000 };
const one = (uid: number): { uid: number; sets: 1; bytes: number; files: number } => ({
  uid,
  sets: 1,
  bytes: 4096,
  files: 2,
});

test("a set takes whole pages, and a file for its directory", () => {
  expect(sizeOf([1, 4096, 4097])).toEqual({ bytes: 4 * 4096, files: 4 });
});

test("one uid gets most of the sets, and there is always one for the next", () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 500 }), (most) => {
      const holdings = new Holdings();
      let count = 0;
      for (; holdings.hasSetFor(A, most); count++) holdings.put(`a${count}`, one(A));
      expect(count).toBeGreaterThanOrEqual(Math.floor(most * 0.7));
      expect(holdings.hasSetFor(B, most)).toBe(true);
    }),
  );
});

test("one uid gets most of the room, and there is always some for the next", () => {
  const holdings = new Holdings();
  let free = 0.75;
  let count = 0;
  for (; holdings.hasRoomFor(A, DISK, free); count++) {
    holdings.put(`a${count}`, one(A));
    free -= 4096 / DISK.bytes;
  }
  expect(free).toBeGreaterThan(0.1);
  expect(free).toBeLessThan(0.2);
  expect(holdings.hasRoomFor(B, DISK, free)).toBe(true);
  for (let at = 0; at < count; at++) holdings.drop(`a${at}`);
  expect(holdings.hasRoomFor(A, DISK, 0.01)).toBe(true);
});

test("what is put in the place of something counts in its stead", () => {
  const holdings = new Holdings();
  holdings.put("unit", one(A));
  holdings.put("unit", one(B));
  expect(holdings.hasSetFor(A, 2)).toBe(true);
  holdings.drop("unit");
  holdings.drop("unit");
  expect(holdings.hasSetFor(B, 1)).toBe(true);
});

test("where nothing is free nobody gets anything", () => {
  const holdings = new Holdings();
  expect(holdings.hasRoomFor(0, DISK, 0)).toBe(false);
  holdings.put("unit", one(A));
  expect(holdings.hasSetFor(0, 1)).toBe(false);
});
