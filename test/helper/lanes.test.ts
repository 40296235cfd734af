import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Gone, type Lane, LaneGate } from "../../src/helper/lanes.ts";

const laneOf = (uid: number, isGone = () => false): Lane => ({ uid, isGone });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Work that goes on until it is released. */
class Work {
  readonly begun: string[] = [];
  readonly dropped: string[] = [];
  readonly #ends = new Map<string, () => void>();
  readonly #gate: LaneGate;

  constructor(gate: LaneGate) {
    this.#gate = gate;
  }

  add(name: string, lane: Lane): void {
    const work = (): Promise<void> => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.set(name, resolve));
    };
    this.#gate.pass(lane, work).catch((error: unknown) => {
      if (!(error instanceof Gone)) throw error;
      this.dropped.push(name);
    });
  }

  async end(name = this.begun.find((each) => this.#ends.has(each)) ?? ""): Promise<void> {
    this.#ends.get(name)?.();
    this.#ends.delete(name);
    await turn();
  }
}

describe("a gate with a lane for each uid", () => {
  test("lets so many of a uid through, and others beside them", async () => {
    const work = new Work(new LaneGate({ places: 5, keptForRoot: 1, perUid: 2 }));
    for (const name of ["a1", "a2", "a3"]) work.add(name, laneOf(1));
    for (const name of ["b1", "b2"]) work.add(name, laneOf(2));
    expect(work.begun).toEqual(["a1", "a2", "b1", "b2"]);
    work.add("root", laneOf(0));
    expect(work.begun).toContain("root");
    await work.end("b1");
    expect(work.begun).not.toContain("a3");
    await work.end("a1");
    expect(work.begun).toContain("a3");
  });

  test("takes uid 0 first, and then the uids in turn", async () => {
    const work = new Work(new LaneGate({ places: 1, keptForRoot: 0, perUid: 1 }));
    for (const name of ["a1", "a2", "a3"]) work.add(name, laneOf(1));
    for (const name of ["b1", "b2"]) work.add(name, laneOf(2));
    work.add("root", laneOf(0));
    for (let at = 0; at < 6; at++) await work.end();
    expect(work.begun[1]).toBe("root");
    expect(work.begun.slice(2)).toEqual(["a2", "b1", "a3", "b2"]);
  });

  test("lets what is urgent pass what is not, of its own uid alone, and in its own order", async () => {
    const work = new Work(new LaneGate({ places: 1, keptForRoot: 0, perUid: 1 }));
    for (const name of ["a1", "a2", "a3"]) work.add(name, laneOf(1));
    work.add("b1", laneOf(2));
    const urgent: Lane = { ...laneOf(1), isUrgent: true };
    for (const name of ["urgent 1", "urgent 2"]) work.add(name, urgent);
    for (let at = 0; at < 6; at++) await work.end();
    expect(work.begun).toEqual(["a1", "urgent 1", "b1", "urgent 2", "a2", "a3"]);
  });

  test("drops what waits for a connection that has gone, and goes on", async () => {
    const work = new Work(new LaneGate({ places: 1, keptForRoot: 0, perUid: 1 }));
    let isGone = false;
    work.add("first", laneOf(1));
    for (const name of ["gone 1", "gone 2"])
      work.add(
        name,
        laneOf(1, () => isGone),
      );
    isGone = true;
    await work.end("first");
    expect(work.dropped).toEqual(["gone 1", "gone 2"]);
    work.add("next", laneOf(1));
    expect(work.begun).toEqual(["first", "next"]);
  });

  test("never has more inside than there are places, and lets everybody in who stays", async () => {
    const step = fc.record({ uid: fc.integer({ min: 0, max: 3 }), isGone: fc.boolean(), ends: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const gate = new LaneGate({ places: 3, keptForRoot: 1, perUid: 2 });
        let inside = 0;
        let most = 0;
        const ends: (() => void)[] = [];
        const outcomes: Promise<string>[] = [];
        for (const { uid, isGone, ends: count } of steps) {
          const work = (): Promise<string> => {
            most = Math.max(most, ++inside);
            return new Promise((resolve) =>
              ends.push(() => {
                inside--;
                resolve("done");
              }),
            );
          };
          outcomes.push(
            gate
              .pass(
                laneOf(uid, () => isGone),
                work,
              )
              .catch(() => "dropped"),
          );
          for (let at = 0; at < count; at++) ends.shift()?.();
          await turn();
        }
        let settled = false as boolean;
        const all = Promise.all(outcomes).then(() => {
          settled = true;
        });
        for (let at = 0; at < 200 && !settled; at++) {
          ends.shift()?.();
          await turn();
        }
        await Promise.race([all, turn()]);
        expect(settled).toBe(true);
        expect(most).toBeLessThanOrEqual(3);
      }),
      { numRuns: 200 },
    );
  });
});
