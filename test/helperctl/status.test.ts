import { describe, expect, test } from "@jest/globals";
import type { AdminDescription, DescribeResult } from "../../src/protocol/results.ts";
import { DEFAULT_LIMITS } from "../../src/policy/default-limits.ts";
import { PLAIN } from "../../src/helperctl/screen.ts";
import type { ShownMachine } from "../../src/helperctl/status/look.ts";
import { renderStatus } from "../../src/helperctl/status/render.ts";
import { ACTED_ON, asked, HOSTILE, NOW } from "./support.ts";

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

/** Asked by somebody who is not root, so that nothing but the answer is shown. */
const describedAs = (args: readonly string[], answer: unknown): ReturnType<typeof asked> =>
  asked(args, answer, { caller: { uid: 1000, name: "ada" } });

describe("status", () => {
  test("shows a hub who it is and what it may use", async () => {
    const { status, printed, complained } = await describedAs(["status"], HUB);
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
    const { printed } = await describedAs(["status"], {
      ...HUB,
      ...ADMIN,
      peer: { uid: 0, user: "root" },
      templates: {},
    });
    expect(printed).toBe(
      [
        "helper       hub-helper 0.9.0, protocol 1",
        "             running for 1 min 30 s; started 3 times since the machine was",
        "you are      root (uid 0)",
        "you may use  none",
        "policy       abababababababab, in force for 2 h 1 min",
        "warnings     /etc/p.toml:3:1: smells",
        "             /etc/p.toml:9:1: too",
        "connected    jupyter (uid 990), process 4711 in hub.service, 2 connections",
        "allowed      start 4, list 1",
        "refused      2",
        "             03:04:00 uid unknown stop: the kernel did not say who asks",
        "             03:00:00 jupyter start: no rule is for this user",
        "",
      ].join("\n"),
    );
  });

  test("shows root what the machine says of it as well", () => {
    const machine: ShownMachine = {
      socket: { path: "/run/hub-helper/helper.sock", owner: "root", group: "hub-helper", mode: "0660" },
      sandbox: { score: 0.7, rating: "SAFE" },
      doctor: { errors: 1, warnings: 0 },
    };
    const lines = renderStatus({ ...HUB, ...ADMIN }, machine, NOW, PLAIN).split("\n");
    expect(lines).toContain("socket       /run/hub-helper/helper.sock, root:hub-helper 0660");
    expect(lines).toContain("             03:00:00 jupyter start: no rule is for this user");
    expect(lines.slice(-3)).toEqual([
      "sandbox      exposure 0.7 of 10, safe",
      "doctor       1 error, 0 warnings: helperctl doctor says which, and what mends them",
      "",
    ]);
  });

  test("calls an account without a name by its uid", async () => {
    const { printed } = await describedAs(["status"], { ...HUB, peer: { uid: 4000, user: null } });
    expect(printed).toMatch(/^you are {6}uid 4000$/m);
  });

  test("prints what the helper answered with --json", async () => {
    const { printed } = await describedAs(["status", "--json"], HUB);
    expect(JSON.parse(printed)).toEqual(HUB);
  });

  test("keeps hostile text from the terminal", async () => {
    const { printed } = await describedAs(["status"], {
      ...HUB,
      ...ADMIN,
      peer: { uid: 0, user: HOSTILE },
      policy: { ...ADMIN.policy, warnings: [HOSTILE] },
      peers: [{ uid: 1, user: HOSTILE, pid: 1, unit: HOSTILE, connections: 1 }],
      lastRefusals: [{ time: HOSTILE, peerUid: 1, method: HOSTILE, reason: HOSTILE }],
    });
    expect(printed).not.toMatch(ACTED_ON);
    expect(printed.trimEnd().split("\n")).toHaveLength(10);
  });
});
