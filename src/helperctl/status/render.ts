import type { AdminDescription, DescribeResult, PeerSummary, Refusal } from "../../protocol/results.ts";
import type { Fact } from "../facts.ts";
import { renderFacts } from "../facts.ts";
import { counted } from "../finding.ts";
import { harmless } from "../harmless.ts";
import { localTime } from "../log/local-time.ts";
import { reasonInWords } from "../log/reasons.ts";
import type { Piece } from "../pieces.ts";
import { renderDuration } from "../quantities.ts";
import type { Screen } from "../screen.ts";
import type { ShownMachine } from "./look.ts";

/** What stands in one line of a terminal; `--json` has all of it. */
const HASH_CHARACTERS = 16;
const REFUSALS_SHOWN = 5;

/** Only the first of several values carries the label. */
const group = (label: string, values: readonly Fact["value"][]): Fact[] =>
  (values.length === 0 ? ["none"] : values).map((value, at) => ({ label: at === 0 ? label : "", value }));

const accountOf = (uid: number | null, user: string | null): string =>
  user === null ? `uid ${uid ?? "unknown"}` : `${user} (uid ${uid ?? "unknown"})`;

const helperFact = ({ version, protocol }: DescribeResult): Fact => ({
  label: "helper",
  value: harmless(`hub-helper ${version}, protocol ${protocol}`),
});

function callerFacts({ peer, templates }: DescribeResult): Fact[] {
  const uses = Object.entries(templates).map(([name, { methods }]) =>
    harmless(`${name}: ${methods.join(", ")}`),
  );
  return [
    { label: "you are", value: harmless(accountOf(peer.uid, peer.user)) },
    ...group("you may use", uses),
  ];
}

function peerText({ uid, user, pid, unit, connections }: PeerSummary): string {
  const where = unit === null ? "" : ` in ${unit}`;
  const several = connections > 1 ? `, ${connections} connections` : "";
  return harmless(`${accountOf(uid, user)}, process ${pid}${where}${several}`);
}

/** Accounts by uid: those that are connected have their names in the answer. */
type Names = ReadonlyMap<number, string>;

function refusalText({ time, peerUid, method, reason }: Refusal, names: Names, nowMs: number): string {
  const who = peerUid === null ? "uid unknown" : (names.get(peerUid) ?? `uid ${peerUid}`);
  return harmless(`${localTime(Date.parse(time), nowMs)} ${who} ${method}: ${reasonInWords(reason)}`);
}

const countsOf = (counts: AdminDescription["counts"]["allowed"]): string[] => {
  const texts = Object.entries(counts).map(([method, count]) => `${method} ${count}`);
  return texts.length === 0 ? [] : [harmless(texts.join(", "))];
};

function lifeText({ uptimeSeconds, activations }: AdminDescription): string {
  const often = activations === null ? "" : `; started ${counted(activations, "time")} since the machine was`;
  return `running for ${renderDuration(uptimeSeconds)}${often}`;
}

function policyFacts({ policy: { hash, ageSeconds, warnings } }: AdminDescription): Fact[] {
  const inForce = `${harmless(hash.slice(0, HASH_CHARACTERS))}, in force for ${renderDuration(ageSeconds)}`;
  return [
    { label: "policy", value: inForce },
    ...(warnings.length === 0 ? [] : group("warnings", warnings.map(harmless))),
  ];
}

function useFacts(
  { peers, counts, lostLogLines, lastRefusals }: AdminDescription,
  names: Names,
  nowMs: number,
): Fact[] {
  const refusals = lastRefusals.toReversed().slice(0, REFUSALS_SHOWN);
  const lost = `${counted(lostLogLines, "line")} of the log could not be written`;
  return [
    ...group("connected", peers.map(peerText)),
    ...group("allowed", countsOf(counts.allowed)),
    { label: "refused", value: String(counts.refused) },
    ...refusals.map((refusal) => ({ label: "", value: refusalText(refusal, names, nowMs) })),
    ...(lostLogLines === 0 ? [] : [{ label: "lost", value: lost }]),
  ];
}

function socketFact({ socket }: ShownMachine): Fact {
  if (socket === null) return { label: "socket", value: [{ text: "there is none", role: "bad" }] };
  const { path, owner, group: ofGroup, mode } = socket;
  return { label: "socket", value: harmless(`${path}, ${owner}:${ofGroup} ${mode}`) };
}

function machineFacts({ sandbox, doctor: { errors, warnings } }: ShownMachine): Fact[] {
  const exposure =
    sandbox === null
      ? "not judged"
      : harmless(`exposure ${sandbox.score.toFixed(1)} of 10, ${sandbox.rating.toLowerCase()}`);
  const found: Piece[] =
    errors + warnings === 0
      ? [{ text: "nothing at a glance", role: "good" }, { text: "; helperctl doctor looks closer" }]
      : [
          {
            text: `${counted(errors, "error")}, ${counted(warnings, "warning")}`,
            role: errors > 0 ? "bad" : "warning",
          },
          { text: ": helperctl doctor says which, and what mends them" },
        ];
  return [
    { label: "sandbox", value: exposure },
    { label: "doctor", value: found },
  ];
}

const isForAdmin = (description: DescribeResult): description is DescribeResult & AdminDescription =>
  description.policy !== undefined;

const namesOf = ({ peers }: AdminDescription): Names =>
  new Map(peers.flatMap(({ uid, user }) => (uid === null || user === null ? [] : [[uid, user] as const])));

/** The helper at a glance. @param machine null: whoever asks is not root, and is shown what the helper says alone */
export function renderStatus(
  description: DescribeResult,
  machine: ShownMachine | null,
  nowMs: number,
  screen: Screen,
): string {
  const admin = isForAdmin(description) ? description : null;
  const facts = [
    helperFact(description),
    ...(admin === null ? [] : [{ label: "", value: lifeText(admin) }]),
    ...(machine === null ? [] : [socketFact(machine)]),
    ...callerFacts(description),
    ...(admin === null ? [] : [...policyFacts(admin), ...useFacts(admin, namesOf(admin), nowMs)]),
    ...(machine === null ? [] : machineFacts(machine)),
  ];
  return renderFacts(facts, screen)
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
