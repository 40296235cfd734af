/**
 * The control group of a unit, out of what `/proc/PID/cgroup` says of its main process: cgroups(7), the line of the
 * unified hierarchy. The process may have gone below it, or its number may be another process's by now: then null.
 */
export function groupOf(procCgroup: string, unit: string): string | null {
  const path = /^0::(\/.*)$/m.exec(procCgroup)?.[1];
  if (path === undefined) return null;
  const parts = path.split("/");
  // Out of a cgroup namespace, what lies beyond is shown with dots.
  if (parts.includes("..")) return null;
  const at = parts.indexOf(unit);
  return at === -1 ? null : parts.slice(0, at + 1).join("/");
}

/** Microseconds of CPU time that a `cpu.stat` counts. */
export function cpuUsecOf(cpuStat: string | null): number | null {
  const digits = cpuStat === null ? undefined : /^usage_usec (\d+)$/m.exec(cpuStat)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A file that holds one number. */
export const numberIn = (text: string | null): number | null =>
  text !== null && /^\d+\n?$/.test(text) ? Number(text) : null;
