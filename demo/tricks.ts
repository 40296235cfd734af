import { alignColumns } from "../src/helperctl/columns.ts";
import type { RawRequest } from "./raw-client.ts";

/** A start that the helper must refuse. */
export interface Trick {
  readonly params: Readonly<Record<string, string>>;
  readonly code: "denied" | "invalid-params";
  /** Of the audit record; null where the request is malformed, so that there is nothing to decide. */
  readonly reason: string | null;
}

const denied = (params: Trick["params"], reason: string): Trick => ({ params, code: "denied", reason });
const misspelt = (params: Trick["params"]): Trick => ({
  params,
  code: "invalid-params",
  reason: "target-syntax",
});

/** Accounts that no rule lets the hub start anything for, and ways to write ssh.service into a request. */
export const TRICKS: readonly Trick[] = [
  denied({ user: "mallory" }, "target-not-eligible"),
  denied({ user: "root" }, "target-forbidden"),
  denied({ user: "ssh.service" }, "target-unknown"),
  denied({ template: "ssh", user: "zoe" }, "template-not-allowed"),
  misspelt({ user: "../ssh" }),
  misspelt({ user: "zoe.service ssh" }),
  misspelt({ user: "zoe\nssh" }),
  misspelt({ user: "zoe", server: "../../ssh.service" }),
  misspelt({ user: "zoe", server: "x.service ssh" }),
  { params: { user: "zoe", unit: "ssh.service" }, code: "invalid-params", reason: null },
];

export const startRequest = ({ params }: Trick, index: number): RawRequest => ({
  id: `trick-${index}`,
  method: "start",
  params,
});

/** The members of a request, as a person would say them. */
const describeTrick = ({ params }: Trick): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");

/** Each trick, what the intruder reads, and what the log says. */
export const trickTable = (): string[] =>
  alignColumns([
    ["START OF", "ANSWER", "LOGGED REASON"],
    ...TRICKS.map((trick) => [describeTrick(trick), trick.code, trick.reason ?? "none: malformed"]),
  ]);
