import type { Testbed } from "../testbed/index.ts";

/*
 * Sends what it reads to the helper's socket, and prints as many lines of answers: what anybody could write who has
 * taken over a process of the hub. Text, because it runs inside, as another account.
 */
const PROGRAM = String.raw`
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const frames = readFileSync(0, "utf8");
const socket = connect("/run/hub-helper/helper.sock");
socket.on("error", ({ code }) => console.log(JSON.stringify({ refused: code })));
socket.write(frames);
let missing = frames.split("\n").length - 1;
createInterface({ input: socket }).on("error", () => {}).on("line", (line) => {
  console.log(line);
  if (--missing === 0) socket.end();
});
`;
const NODE = ["node", "--input-type=module", "--eval", PROGRAM];

/** Where a process runs that speaks with the hub's account. */
export const INTRUDER_UNIT = "intruder.service";

/** The account and the privileges of the hub's unit, and no more. */
const AS_HUB = [
  "systemd-run",
  "--quiet",
  "--pipe",
  "--wait",
  "--collect",
  `--unit=${INTRUDER_UNIT}`,
  "--property=User=jupyter",
  "--property=SupplementaryGroups=hub-helper",
  "--property=NoNewPrivileges=yes",
  "--property=CapabilityBoundingSet=",
];

export interface RawRequest {
  readonly id: string;
  readonly method: string;
  readonly params: object;
}

/** What the wire carries; `refused` stands for an errno of connect(2). */
export interface RawReply {
  readonly id?: string;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data: { readonly code: string };
  };
  readonly result?: unknown;
  readonly refused?: string;
}

const frame = (request: RawRequest): string => `${JSON.stringify({ jsonrpc: "2.0", ...request })}\n`;

async function converse(
  testbed: Testbed,
  argv: readonly string[],
  user: string,
  requests: readonly RawRequest[],
): Promise<RawReply[]> {
  const { stdout } = await testbed.run(argv, { user, input: requests.map(frame).join("") });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RawReply);
}

/** Speaks to the helper past the client library, with the hub's account and privileges. */
export const speakAsHub = (testbed: Testbed, requests: readonly RawRequest[]): Promise<RawReply[]> =>
  converse(testbed, [...AS_HUB, ...NODE], "root", requests);

/** Speaks to the helper as any account. */
export const speakAs = (
  testbed: Testbed,
  user: string,
  requests: readonly RawRequest[],
): Promise<RawReply[]> => converse(testbed, NODE, user, requests);
