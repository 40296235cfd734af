import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Limiter } from "../../src/helper/limiter.ts";
import { TokenBucket } from "../../src/helper/token-bucket.ts";
import { DEFAULT_LIMITS } from "../../src/policy/default-limits.ts";

describe("TokenBucket", () => {
  test("lets its size through at once, then says how long to wait", () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([bucket.draw(0), bucket.draw(0), bucket.draw(0)]).toEqual([0, 0, 0]);
    expect(bucket.draw(0)).toBe(100);
  });

  test("keeps its word: after the wait there is one", () => {
    const bucket = new TokenBucket(3, 1, 0);
    bucket.draw(0);
    const waitMs = bucket.draw(0);
    expect(bucket.draw(waitMs)).toBe(0);
  });

  test("never lets more through than its size and its rate allow", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (gaps) => {
        const bucket = new TokenBucket(20, 5, 0);
        let now = 0;
        let drawn = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.draw(now) === 0) drawn++;
        }
        expect(drawn).toBeLessThanOrEqual(5 + (now / 1000) * 20 + 1e-6);
      }),
    );
  });
});

describe("Limiter", () => {
  const limiter = (changes = {}): Limiter => new Limiter(() => ({ ...DEFAULT_LIMITS, ...changes }));

  test("holds each uid to its connections, and another uid gets in all the same", () => {
    const limits = limiter({ connections_per_uid: 2 });
    expect([limits.opened(1000), limits.opened(1000), limits.opened(1000)]).toEqual([true, true, false]);
    expect(limits.opened(1001)).toBe(true);
    limits.closed(1000);
    expect(limits.opened(1000)).toBe(true);
  });

  test("keeps places for uid 0 when all the others are taken", () => {
    const limits = limiter({ connections: 10, connections_per_uid: 100 });
    const others = Array.from({ length: 20 }, (_, uid) => limits.opened(1000 + uid)).filter(Boolean);
    expect(others).toHaveLength(2);
    expect(limits.opened(0)).toBe(true);
  });

  test("asks a uid to wait only above what it may have in flight", () => {
    const limits = limiter({ in_flight_per_uid: 2 });
    limits.begun(1000);
    limits.begun(1000);
    expect(limits.crowded(1000)).toBe(0);
    limits.begun(1000);
    expect(limits.crowded(1000)).toBeGreaterThan(0);
    expect(limits.crowded(1001)).toBe(0);
    limits.ended(1000);
    expect(limits.crowded(1000)).toBe(0);
  });

  test("gives each uid a bucket of its own", () => {
    const limits = limiter({ verbs_burst: 1, verbs_per_second: 1 });
    expect(limits.drawVerb(1000)).toBe(0);
    expect(limits.drawVerb(1000)).toBeGreaterThan(0);
    expect(limits.drawVerb(1001)).toBe(0);
  });
});
