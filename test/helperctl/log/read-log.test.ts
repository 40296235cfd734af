import { describe, expect, test } from "@jest/globals";
import type { LogFilter } from "../../../src/helperctl/log/read-log.ts";
import { isWanted, readTail } from "../../../src/helperctl/log/read-log.ts";
import { allowed, begun, journalLine, refused } from "./records.ts";

/** A journal of these lines, the newest first; it notes how it was asked, and how many lines were taken from it. */
function journalOf(newestFirst: readonly string[]) {
  const seen = { argv: [] as readonly string[], taken: 0 };
  async function* lines(argv: readonly string[]): AsyncGenerator<string, void> {
    seen.argv = argv;
    for (const line of newestFirst) {
      seen.taken++;
      yield await Promise.resolve(line);
    }
  }
  return { seen, lines };
}

const tailOf = async (newestFirst: readonly string[], count: number, filter: LogFilter = {}) => {
  const journal = journalOf(newestFirst);
  return { ...(await readTail(journal, filter, count)), seen: journal.seen };
};

describe("the end of the log", () => {
  test("is the latest decisions, the oldest of them first", async () => {
    const lines = ["c", "b", "a"].map((audit) => journalLine(refused({ audit }), "aa", `s=${audit}`));
    const { entries, cursor } = await tailOf(lines, 2);
    expect(entries.map(({ record }) => record?.audit)).toEqual(["b", "c"]);
    expect(cursor).toBe("s=c");
  });

  test("is read no further back than it takes", async () => {
    const lines = Array.from({ length: 1000 }, (_, at) => journalLine(refused({ audit: String(at) })));
    const { seen } = await tailOf(lines, 3);
    expect(seen.taken).toBe(3);
    expect(seen.argv).toContain("--reverse");
  });

  test("counts a verb once, and one without an end as well", async () => {
    const lines = [
      allowed({ audit: "b" }),
      begun({ audit: "c" }),
      begun({ audit: "b" }),
      refused({ audit: "a" }),
    ];
    const { entries } = await tailOf(
      lines.map((each) => journalLine(each)),
      3,
    );
    expect(entries.map(({ record }) => [record?.event, record?.audit])).toEqual([
      ["audit", "a"],
      ["begin", "c"],
      ["audit", "b"],
    ]);
  });

  test("ends where the journal does, also with lines that are no records", async () => {
    const { entries, cursor } = await tailOf(
      [journalLine("Warning", "aa", "s=9"), journalLine(refused(), "aa", "s=8"), "{"],
      5,
    );
    expect(entries).toHaveLength(1);
    expect(cursor).toBe("s=9");
  });

  test("of a helper that has never run has no cursor", async () => {
    expect(await tailOf([], 5)).toMatchObject({ entries: [], cursor: null });
  });
});

describe("the journal is asked", () => {
  test("for what journald itself calls the helper's, whatever it is filtered by", async () => {
    const { seen } = await tailOf([], 1, { user: "zoe", since: "-1h", within: 50 });
    expect(seen.argv).toEqual(
      expect.arrayContaining(["_SYSTEMD_UNIT=helper.service", "_UID=0", "--since=-1h", "--lines=50"]),
    );
  });

  test("for warnings alone where only refusals are wanted", async () => {
    expect((await tailOf([], 1, { isDenied: true })).seen.argv).toContain("PRIORITY=4");
    expect((await tailOf([], 1)).seen.argv).not.toContain("PRIORITY=4");
  });
});

test.each<[LogFilter, number]>([
  [{}, 3],
  [{ user: "zoe" }, 2],
  [{ unit: "jupyterhub-singleuser-zoe.service" }, 2],
  [{ id: "5" }, 2],
  [{ id: "login-17" }, 1],
  [{ id: "05" }, 0],
  [{ isDenied: true }, 1],
  [{ user: "zoe", isDenied: true }, 0],
])("with %j %d of three records are wanted", (filter, count) => {
  const records = [begun(), allowed(), refused({ user: "wash", requestId: "login-17" })];
  expect(records.filter((record) => isWanted(filter, record))).toHaveLength(count);
});
