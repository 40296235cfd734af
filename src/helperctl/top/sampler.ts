import type { UnitState } from "../../protocol/unit-state.ts";
import { cpuUsecOf, groupOf, numberIn } from "./cgroup.ts";
import { readSmall } from "./read-small.ts";
import type { Usage } from "./usage.ts";

const FILES = { memory: "memory.current", tasks: "pids.current", cpu: "cpu.stat" } as const;
type What = keyof typeof FILES;

/** What is known of a unit's control group from one sample to the next. */
interface Group {
  readonly run: string;
  readonly directory: string;
  /** Files that are not there: a controller that is off will hardly come, and a miss costs more than a hit. */
  readonly lacks: Set<What>;
  cpu: { readonly usec: number; readonly atMs: number } | null;
}

/** A run of a unit has one main process, and another run another. */
const runOf = ({ invocationId, mainPid }: UnitState): string => `${invocationId ?? ""} ${mainPid ?? ""}`;

/** Reads from their control groups how much units use. */
export class Sampler {
  readonly #proc: string;
  readonly #cgroup: string;
  #groups = new Map<string, Group>();

  constructor({ proc = "/proc", cgroup = "/sys/fs/cgroup" }: { proc?: string; cgroup?: string } = {}) {
    this.#proc = proc;
    this.#cgroup = cgroup;
  }

  /** @param nowMs of a clock that is never set */
  sample(units: Iterable<UnitState>, nowMs: number): Map<string, Usage> {
    const groups = new Map<string, Group>();
    const usage = new Map<string, Usage>();
    for (const unit of units) {
      const group = unit.mainPid === null ? null : this.#groupOf(unit, unit.mainPid);
      if (group === null) continue;
      groups.set(unit.unit, group);
      usage.set(unit.unit, this.#measure(group, nowMs));
    }
    // Whatever was not asked for is forgotten.
    this.#groups = groups;
    return usage;
  }

  #groupOf(unit: UnitState, pid: number): Group | null {
    const run = runOf(unit);
    const known = this.#groups.get(unit.unit);
    if (known?.run === run) return known;
    const path = groupOf(readSmall(`${this.#proc}/${pid}/cgroup`) ?? "", unit.unit);
    if (path === null) return null;
    return { run, directory: `${this.#cgroup}${path}`, lacks: new Set(), cpu: null };
  }

  #measure(group: Group, nowMs: number): Usage {
    return {
      memoryBytes: numberIn(this.#read(group, "memory")),
      tasks: numberIn(this.#read(group, "tasks")),
      cpuPercent: this.#cpuPercent(group, nowMs),
    };
  }

  /** Over the time since the last sample; null the first time. */
  #cpuPercent(group: Group, atMs: number): number | null {
    const before = group.cpu;
    const usec = cpuUsecOf(this.#read(group, "cpu"));
    group.cpu = usec === null ? null : { usec, atMs };
    if (usec === null || before === null || atMs <= before.atMs) return null;
    return Math.max(0, (usec - before.usec) / 10 / (atMs - before.atMs));
  }

  #read({ directory, lacks }: Group, what: What): string | null {
    if (lacks.has(what)) return null;
    const text = readSmall(`${directory}/${FILES[what]}`);
    if (text === null) lacks.add(what);
    return text;
  }
}
