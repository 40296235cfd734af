import { decide } from "../policy/decide.ts";
import type { Allowed, Facts, NameService, Needs, Peer, Policy, Question, Refused } from "../policy/types.ts";
import { isAtRest } from "../units/raw-unit.ts";
import type { Limiter } from "./limiter.ts";
import { tooManyServersMs } from "./most-servers.ts";
import type { Operations } from "./operations.ts";
import type { StartRecords } from "./start-records.ts";
import type { Systemd } from "./systemd/systemd.ts";
import { verifyTarget } from "./verify-target.ts";

export interface FactSources {
  readonly names: NameService;
  readonly systemd: Systemd;
  readonly records: StartRecords;
  readonly operations: Operations;
  readonly limiter: Limiter;
}

export interface Authorisation {
  readonly decision: Allowed | Refused;
  readonly facts: Facts;
}

type Gather = (sources: FactSources, needs: Needs, peer: Peer, question: Question) => Promise<Facts>;

/** How each fact is found out. Nothing is asked of the world before `decide` wants to know it. */
const GATHER: Record<Needs["fact"], Gather> = {
  async account({ names }, needs, _peer, question) {
    const entry = await names.userByName(question.target?.user ?? "");
    const gids = new Map<string, number | null>();
    for (const group of needs.groups) gids.set(group, await names.groupByName(group));
    return { account: { entry, gids } };
  },

  async record({ records, systemd, operations }, { resolved }) {
    const unit = resolved?.unit;
    const record = unit === undefined ? null : records.read(unit);
    if (unit === undefined || record === null || operations.starting(unit)) return { record };
    const raw = await systemd.glance(unit);
    return { record: raw === null || isAtRest(raw) ? null : record };
  },

  async unit(sources, { resolved, account }, _peer, question) {
    return { unit: resolved && (await verifyTarget(sources, question.method, resolved, account)) };
  },

  async limits(sources, { resolved }, peer, question) {
    const drawnMs = peer.uid === null ? 0 : sources.limiter.drawVerb(peer.uid);
    const retryAfterMs = drawnMs > 0 ? drawnMs : await tooManyServersMs(sources.systemd, question, resolved);
    return { limits: { retryAfterMs } };
  },
};

/** Facts for a question that is only asked, such as `explain`'s: no token is drawn for it. */
export const UNLIMITED: Facts = { limits: { retryAfterMs: 0 } };

/** Decides, finding out what the decision wants to know as it goes. */
export async function authorise(
  sources: FactSources,
  policy: Policy,
  peer: Peer,
  question: Question,
  known: Facts = {},
): Promise<Authorisation> {
  let facts = known;
  for (;;) {
    const decision = decide(policy, peer, question, facts);
    if (decision.verdict !== "need") return { decision, facts };
    facts = { ...facts, ...(await GATHER[decision.fact](sources, decision, peer, question)) };
  }
}
