import { existsSync, readFileSync } from "node:fs";

/** Where this machine mounts the cgroup trees that systemd-nspawn makes groups in. */
export interface Hierarchies {
  /** The cgroup2 mount point. */
  readonly unified: string;
  /** It, and the version 1 tree named "systemd" where there is one beside it. */
  readonly all: readonly string[];
}

/** Reads /proc/self/mountinfo, proc_pid_mountinfo(5): mount point in field 5, type and super options after " - ". */
export function findHierarchies(): Hierarchies {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [type = "", , options = ""] = after.split(" ");
      return { point: before.split(" ")[4] ?? "", type, options: options.split(",") };
    });
  const unified = mounts.find(({ type }) => type === "cgroup2")?.point;
  if (unified === undefined) throw new Error("The testbed needs a mounted cgroup2 tree, and found none.");
  const legacy = mounts.find(({ type, options }) => type === "cgroup" && options.includes("name=systemd"));
  return { unified, all: legacy ? [unified, legacy.point] : [unified] };
}

/** sd_booted(3). Where systemd owns the cgroup tree, groups must be asked for and not made. */
export const bootedWithSystemd = (): boolean => existsSync("/run/systemd/system");
