import type { Target } from "../../client/types.ts";
import { loadPolicy } from "../../policy/load.ts";
import { POLICY_PATHS } from "../../policy/paths.ts";
import type { Policy } from "../../policy/types.ts";
import type { RulePlace } from "../../protocol/results.ts";
import { ask } from "../ask.ts";
import { alignColumns } from "../columns.ts";
import type { Asker, Run, Surroundings } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmless, harmlessJson } from "../harmless.ts";
import type { Accounts } from "../machine/accounts.ts";
import { withMachine } from "../machine/with-machine.ts";
import { readMethod } from "../method-word.ts";
import { paint } from "../screen.ts";
import { forRootAlone } from "./explain.ts";

/** Somebody whom a rule may be about. */
interface Candidate {
  readonly uid: number;
  readonly user: string;
  /** The unit that a rule wants the peer to be in. */
  readonly unit: string | null;
}

/** A peer that may do it. */
export interface WhoCanPeer extends Candidate {
  /** Null: uid 0 may look without a rule. */
  readonly rule: RulePlace | null;
}

/** What `who-can --json` prints. */
export interface WhoCan {
  readonly method: string;
  readonly user: string;
  readonly server: string;
  /** Null: the default one. */
  readonly template: string | null;
  readonly peers: readonly WhoCanPeer[];
  /** Whether the policy on disk, whose rules were looked through, is the one that the helper decides by. */
  readonly policyIsInForce: boolean;
}

/** How many questions are asked before an answer is waited for. */
const AT_A_TIME = 100;

/** The accounts that the rules name, and the members of the groups that they name; root, who may look without. */
async function candidatesOf(policy: Policy, accounts: Accounts): Promise<Candidate[]> {
  const all = new Map((await accounts.all()).map((entry) => [entry.name, entry]));
  const candidates = new Map<string, Candidate>([["0 ", { uid: 0, user: "root", unit: null }]]);
  for (const { peer } of policy.rules) {
    const members = peer.group === null ? [] : ((await accounts.membersOf(peer.group)) ?? []);
    for (const user of peer.user === null ? members : [peer.user]) {
      // A directory need not list all of its accounts.
      const uid = (all.get(user) ?? (await accounts.user(user)))?.uid;
      if (uid !== undefined) candidates.set(`${uid} ${peer.unit ?? ""}`, { uid, user, unit: peer.unit });
    }
  }
  return [...candidates.values()];
}

async function askAbout(
  client: Asker,
  candidates: readonly Candidate[],
  method: string,
  target: Target,
): Promise<WhoCanPeer[]> {
  const found: WhoCanPeer[] = [];
  for (let at = 0; at < candidates.length; at += AT_A_TIME) {
    const some = candidates.slice(at, at + AT_A_TIME);
    const answers = await Promise.all(
      some.map(({ uid, unit }) => client.explain({ uid, unit: unit ?? undefined }, method, target)),
    );
    for (const [index, { allowed, rule }] of answers.entries()) {
      const candidate = some[index];
      if (allowed && candidate !== undefined) found.push({ ...candidate, rule });
    }
  }
  return found;
}

function render({ screen }: Surroundings, { peers, method, user, policyIsInForce }: WhoCan): string {
  const titles = ["PEER", "UID", "IN UNIT", "RULE", "PLACE"].map((text) => ({
    text,
    role: "title" as const,
  }));
  const rows = peers.map(({ user: name, uid, unit, rule }) =>
    [
      name,
      String(uid),
      unit ?? "any",
      rule?.name ?? "(none needed)",
      rule ? `${rule.file}:${rule.line}` : "",
    ].map(harmless),
  );
  const table = alignColumns([titles, ...rows], { screen, shrink: [2, 3, 4] });
  const none = `Nobody may ${method} for ${user}.`;
  const stale = paint(
    screen,
    "warning",
    "The helper decides by an older policy than the one on disk: systemctl try-reload-or-restart helper",
  );
  const lines = [...(peers.length === 0 ? [harmless(none)] : table), ...(policyIsInForce ? [] : [stale])];
  return lines.map((line) => `${line}\n`).join("");
}

/** Every peer that may do something to a target, as the running helper judges each. */
export const whoCan: Run = async ({ words, flags, values }, surroundings) => {
  const [word = "", user = "", server = ""] = words;
  const method = readMethod(word);
  const template = values.get("template");
  const result = await ask(surroundings, async (client): Promise<WhoCan> => {
    const target = { user, server, template };
    // Asked first: whoever is not root learns at once that this is not for them.
    await client.explain({ uid: 0 }, method, target).catch(forRootAlone("who-can"));
    const { names, ...options } = await surroundings.policyGround();
    const policy = await loadPolicy(names, POLICY_PATHS, options);
    const candidates = await withMachine(surroundings, ({ accounts }) => candidatesOf(policy, accounts));
    const peers = await askAbout(client, candidates, method, target);
    const inForce = (await client.describe()).policy?.hash === policy.hash;
    return { method, user, server, template: template ?? null, peers, policyIsInForce: inForce };
  });
  surroundings.print(flags.has("json") ? harmlessJson(result) : render(surroundings, result));
  return result.peers.length > 0 ? EXIT.yes : EXIT.no;
};
