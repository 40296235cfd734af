import type { AdminDescription, DescribeResult, Refusal } from "../../protocol/results.ts";
import { ask } from "../ask.ts";
import { alignColumns } from "../columns.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import { renderDuration } from "../quantities.ts";

type Row = readonly string[];

/** Only the first row of a group carries its label. */
const group = (label: string, texts: readonly string[]): Row[] =>
  (texts.length === 0 ? ["none"] : texts).map((text, at) => [at === 0 ? label : "", text]);

const peerOf = ({ uid, user }: DescribeResult["peer"]): string =>
  user === null ? `uid ${uid}` : `${user} (uid ${uid})`;

const refusalOf = ({ time, peerUid, method, reason }: Refusal): string =>
  `${time} uid ${peerUid ?? "unknown"} ${method}: ${reason}`;

const countsOf = (counts: AdminDescription["counts"]["allowed"]): string[] =>
  Object.entries(counts).map(([method, count]) => `${method} ${count}`);

const joined = (texts: readonly string[]): string[] => (texts.length === 0 ? [] : [texts.join(", ")]);

function commonRows({ version, protocol, peer, templates }: DescribeResult): Row[] {
  const uses = Object.entries(templates).map(([name, { methods }]) => `${name}: ${methods.join(", ")}`);
  return [
    ["helper", `hub-helper ${version}, protocol ${protocol}`],
    ["you are", peerOf(peer)],
    ...group("you may use", uses),
  ];
}

function adminRows(admin: AdminDescription): Row[] {
  const { policy, uptimeSeconds, connections, counts, lostLogLines, lastRefusals } = admin;
  return [
    ["running for", renderDuration(uptimeSeconds)],
    ["policy", `${policy.hash}, loaded ${renderDuration(policy.ageSeconds)} ago`],
    ...group("warnings", policy.warnings),
    ["connections", String(connections)],
    ...group("allowed", joined(countsOf(counts.allowed))),
    ["refused", String(counts.refused)],
    ["lost log lines", String(lostLogLines)],
    ...group("last refusals", lastRefusals.toReversed().map(refusalOf)),
  ];
}

const isForAdmin = (description: DescribeResult): description is DescribeResult & AdminDescription =>
  description.policy !== undefined;

/** The helper at a glance. */
export function renderStatus(description: DescribeResult): string {
  const rows = [...commonRows(description), ...(isForAdmin(description) ? adminRows(description) : [])];
  return alignColumns(rows.map((row) => row.map(harmless)))
    .map((line) => `${line}\n`)
    .join("");
}

/** What the helper says of itself and of the caller. */
export const status: Run = async ({ flags }, surroundings) => {
  const description = await ask(surroundings, (client) => client.describe());
  surroundings.print(flags.has("json") ? harmlessJson(description) : renderStatus(description));
  return EXIT.yes;
};
