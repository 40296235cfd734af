import type { UnitState } from "../../protocol/unit-state.ts";
import type { Fact } from "../facts.ts";
import { counted } from "../finding.ts";
import { harmless } from "../harmless.ts";
import { localTime } from "../log/local-time.ts";
import type { Piece } from "../pieces.ts";
import { renderBytes, renderDuration, renderMs } from "../quantities.ts";
import type { Role, Screen } from "../screen.ts";
import { stateText } from "../state-cell.ts";
import { roleOfState } from "../state-role.ts";
import { boundOf } from "./bounds.ts";
import { isRunning } from "./running.ts";
import type { Resources, ShownJob, ShownServer, ShownUnit } from "./shown.ts";
import { renderBound } from "./use.ts";

const plain = (text: string): Piece => ({ text: harmless(text) });
const aside = (text: string, rank?: number): Piece => ({
  text: harmless(text),
  role: "aside",
  ...(rank === undefined ? {} : { rank }),
});

/** `, since 16:50:03, for 3 min`. */
function sinceWhen(time: string | null, nowMs: number): Piece[] {
  if (time === null) return [];
  const ms = Date.parse(time);
  return [plain(` for ${renderDuration((nowMs - ms) / 1000)}`), aside(`, since ${localTime(ms, nowMs)}`, 0)];
}

function stateFact(state: UnitState, unit: ShownUnit | null, nowMs: number): Fact {
  const role = roleOfState(state.activeState);
  const since = sinceWhen(state.activeSince ?? unit?.stateChanged ?? null, nowMs);
  return { label: "state", value: [{ text: stateText(state), role }, ...since] };
}

/** Why there is nothing to be read of a unit: org.freedesktop.systemd1(5), LoadState. */
const NOT_LOADED: Readonly<Partial<Record<string, string>>> = {
  "not-found": "there is no unit file",
  masked: "masked: nobody can start it before systemctl unmask",
  "bad-setting": "the unit file has a setting that systemd refuses; systemctl status says which",
  error: "systemd could not read the unit file; systemctl status says why",
};

function fileFacts({ loadState, needDaemonReload }: UnitState, unit: ShownUnit | null): Fact[] {
  const path = unit?.fragmentPath ?? null;
  const trouble = loadState === "loaded" ? null : (NOT_LOADED[loadState] ?? loadState);
  return [
    ...(trouble === null
      ? []
      : [{ label: "loaded", value: [{ text: harmless(trouble), role: "bad" as const }] }]),
    ...(path === null ? [] : [{ label: "unit file", value: harmless(path) }]),
    ...(unit?.dropInPaths ?? []).map((each, at) => ({
      label: at === 0 ? "drop-ins" : "",
      value: harmless(each),
    })),
    ...(needDaemonReload
      ? [
          {
            label: "",
            value: [
              { text: "changed since systemd read it: systemctl daemon-reload", role: "warning" as const },
            ],
          },
        ]
      : []),
  ];
}

function processFacts({ mainPid, nRestarts, statusText }: UnitState, unit: ShownUnit | null): Fact[] {
  const user = unit?.user ?? null;
  const words = [
    mainPid === null ? "" : `pid ${mainPid}`,
    user === null ? "" : `as ${user}`,
    nRestarts === null || nRestarts === 0 ? "" : `restarted ${counted(nRestarts, "time")} by systemd`,
  ].filter((word) => word !== "");
  return [
    ...(statusText === null ? [] : [{ label: "says", value: harmless(`"${statusText}"`) }]),
    ...(words.length === 0 ? [] : [{ label: "process", value: harmless(words.join(", ")) }]),
  ];
}

const RESOURCES: readonly (keyof Resources)[] = ["memory", "tasks", "cpu"];

function resourceFacts({ state, unit, slices }: ShownServer, screen: Screen): Fact[] {
  if (unit === null) return [];
  const how = { isRunning: isRunning(state), screen };
  return RESOURCES.map((resource) => {
    const bound = boundOf(unit, slices, resource);
    const whose = bound.slice === null ? [] : [aside(`, limit of ${bound.slice}`)];
    return { label: resource, value: [...renderBound(resource, bound, how), ...whose] };
  });
}

/** Above these memory is taken back from it, and it slows down. */
function highFacts(unit: ShownUnit | null): Fact[] {
  const { high = null, peak = null } = unit?.memory ?? {};
  const words = [
    high === null ? "" : `slowed down above ${renderBytes(high)}`,
    peak === null ? "" : `at most ${renderBytes(peak)} so far`,
  ].filter((word) => word !== "");
  return words.length === 0 ? [] : [{ label: "", value: words.join(", ") }];
}

const RATING_ROLES: Readonly<Partial<Record<string, Role>>> = {
  exposed: "warning",
  unsafe: "warning",
  dangerous: "bad",
};

function sandboxFact({ sandbox }: ShownServer): Fact {
  if (sandbox === null) return { label: "sandbox", value: "not judged" };
  const { score, rating } = sandbox;
  const role = RATING_ROLES[rating.toLowerCase()] ?? "good";
  const verdict = { text: harmless(rating.toLowerCase()), role };
  return {
    label: "sandbox",
    value: [plain(`exposure ${score.toFixed(1)} of 10, `), verdict, aside(" (systemd-analyze security)", 0)],
  };
}

const credentialsFact = ({ credentials }: UnitState): Fact => ({
  label: "credentials",
  value:
    credentials.length === 0
      ? "none staged"
      : credentials.map(({ name, bytes }) => harmless(`${name} ${renderBytes(bytes)}`)).join(", "),
});

const NO_JOB = "none that is known";

function jobText(job: ShownJob | null, nowMs: number): string {
  if (job === null) return NO_JOB;
  if (job.kind === "queued") return `${job.type}, ${job.state} in systemd's queue now`;
  const ago = `${renderDuration((nowMs - Date.parse(job.time)) / 1000)} ago`;
  if (job.outcome === null || job.durationMs === null) return `${job.type}, begun ${ago}, outcome not known`;
  return `${job.type}: ${job.outcome} after ${renderMs(job.durationMs)}, ${ago}`;
}

/** What stands beside a label, from the state to the last job. */
export function factsOf(shown: ShownServer, nowMs: number, screen: Screen): Fact[] {
  const { state, unit, job } = shown;
  const description = unit?.description ?? "";
  return [
    { label: "unit", value: harmless(state.unit) },
    // Without a Description= systemd gives the name.
    ...(description === "" || description === state.unit
      ? []
      : [{ label: "about", value: harmless(description) }]),
    stateFact(state, unit, nowMs),
    ...processFacts(state, unit),
    ...fileFacts(state, unit),
    ...resourceFacts(shown, screen).flatMap((fact) =>
      fact.label === "memory" ? [fact, ...highFacts(unit)] : [fact],
    ),
    sandboxFact(shown),
    credentialsFact(state),
    { label: "last job", value: harmless(jobText(job, nowMs)) },
  ];
}
