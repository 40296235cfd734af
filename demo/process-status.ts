import { readdirSync, readFileSync } from "node:fs";
import type { Testbed } from "../testbed/index.ts";
import { isMissing } from "../testbed/missing.ts";

/** What the kernel says of a process: proc_pid_status(5). */
export interface ProcessStatus {
  /** The effective ones. */
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly noNewPrivileges: boolean;
  /** Whether all five capability sets are empty. */
  readonly hasNoCapability: boolean;
}

const CAPABILITY_SETS = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"];

export function parseStatus(text: string): ProcessStatus {
  const fields = new Map(
    text.split("\n").map((line) => [line.split(":")[0] ?? "", line.split(/\s+/).slice(1).filter(Boolean)]),
  );
  const numbers = (name: string): number[] => (fields.get(name) ?? []).map(Number);
  return {
    uid: numbers("Uid")[1] ?? NaN,
    gid: numbers("Gid")[1] ?? NaN,
    groups: numbers("Groups"),
    noNewPrivileges: numbers("NoNewPrivs")[0] === 1,
    hasNoCapability: CAPABILITY_SETS.every((name) => /^0+$/.test(fields.get(name)?.[0] ?? "")),
  };
}

/** @param pid as the container counts */
export const readStatus = ({ root }: Testbed, pid: number): ProcessStatus =>
  parseStatus(readFileSync(`${root}/proc/${pid}/status`, "utf8"));

/** The argument lists of all processes of the container, as everybody in it can read them. */
export function commandLines({ root }: Testbed): string[] {
  return readdirSync(`${root}/proc`)
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readIfThere(`${root}/proc/${pid}/cmdline`).replaceAll("\0", " "));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
