import { describe, expect, test } from "@jest/globals";
import type { AdminDescription, DescribeResult } from "../../src/protocol/results.ts";
import { DEFAULT_LIMITS } from "../../src/policy/default-limits.ts";
import { ACTED_ON, asked, HOSTILE } from "./support.ts";

const HUB: DescribeResult = {
  name: "hub-helper",
  version: "0.9.0",
  protocol: 1,
  peer: { uid: 990, user: "jupyter" },
  methods: ["describe", "start", "stop", "unwatch"],
  templates: { singleuser: { default: true, named: true, methods: ["start", "stop"], credentials: null } },
  limits: DEFAULT_LIMITS,
};

const ADMIN: AdminDescription = {
  policy: {
    hash: "ab".repeat(32),
    ageSeconds: 7260,
    warnings: ["/etc/p.toml:3:1: smells", "/etc/p.toml:9:1: too"],
  },
  activations: 3,
  peers: [{ uid: 990, user: "jupyter", pid: 4711, unit: "hub.service", connections: 2 }],
  uptimeSeconds: 90,
  connections: 3,
  counts: { allowed: { start: 4, list: 1 }, refused: 2 },
  lostLogLines: 0,
  lastRefusals: [
    { time: "2030-01-02T03:00:00.000Z", peerUid: 990, method: "start", reason: "target-not-eligible" },
    { time: "2030-01-02T03:04:00.000Z", peerUid: null, method: "stop", reason: "peer-unreadable" },
  ],
};

describe("status", () => {
  test("shows a hub who it is and what it may use", async () => {
    const { status, printed, complained } = await asked(["status"], HUB);
    expect({ status, complained }).toEqual({ status: 0, complained: "" });
    expect(printed).toBe(
      [
        "helper       hub-helper 0.9.0, protocol 1",
        "you are      jupyter (uid 990)",
        "you may use  singleuser: start, stop",
        "",
      ].join("\n"),
    );
  });

  test("shows root the policy, the counts and the last refusals, newest first", async () => {
    const { printed } = await asked(["status"], {
      ...HUB,
      ...ADMIN,
      peer: { uid: 0, user: "root" },
      templates: {},
    });
    expect(printed).toBe(
      [
        "helper          hub-helper 0.9.0, protocol 1",
        "you are         root (uid 0)",
        "you may use     none",
        "running for     1 min 30 s",
        `policy          ${"ab".repeat(32)}, loaded 2 h 1 min ago`,
        "warnings        /etc/p.toml:3:1: smells",
        "                /etc/p.toml:9:1: too",
        "connections     3",
        "allowed         start 4, list 1",
        "refused         2",
        "lost log lines  0",
        "last refusals   2030-01-02T03:04:00.000Z uid unknown stop: peer-unreadable",
        "                2030-01-02T03:00:00.000Z uid 990 start: target-not-eligible",
        "",
      ].join("\n"),
    );
  });

  test("calls an account without a name by its uid", async () => {
    const { printed } = await asked(["status"], { ...HUB, peer: { uid: 4000, user: null } });
    expect(printed).toMatch(/^you are {6}uid 4000$/m);
  });

  test("prints what the helper answered with --json", async () => {
    const { printed } = await asked(["status", "--json"], HUB);
    expect(JSON.parse(printed)).toEqual(HUB);
  });

  test("keeps hostile text from the terminal", async () => {
    const { printed } = await asked(["status"], {
      ...HUB,
      ...ADMIN,
      peer: { uid: 0, user: HOSTILE },
      policy: { ...ADMIN.policy, warnings: [HOSTILE] },
      lastRefusals: [{ time: HOSTILE, peerUid: 1, method: HOSTILE, reason: HOSTILE }],
    });
    expect(printed).not.toMatch(ACTED_ON);
    expect(printed.trimEnd().split("\n")).toHaveLength(11);
  });
});
