import { readdir, readFile, stat } from "node:fs/promises";

const PROC = "/proc";
const PROCESS = /^\d+$/;
/** `0::/system.slice/hub.service`, and in the legacy hierarchy `1:name=systemd:/system.slice/hub.service`. */
const CGROUP = /^(?:0::|\d+:name=systemd:)(\/.*)$/m;

/** The service that a cgroup belongs to, by systemd's escaping of names that the kernel takes for its own. */
export function serviceOf(cgroups: string): string | null {
  const path = CGROUP.exec(cgroups)?.[1] ?? "";
  // Below user@UID.service there is another systemd, with units of its own.
  const service = path.split("/").find((part) => part.endsWith(".service"));
  return service === undefined ? null : service.replace(/^_/, "");
}

async function serviceOfProcess(pid: string, uids: ReadonlySet<number>): Promise<string | null> {
  try {
    const { uid } = await stat(`${PROC}/${pid}`);
    return uids.has(uid) ? serviceOf(await readFile(`${PROC}/${pid}/cgroup`, "utf8")) : null;
  } catch (error) {
    // It has ended, or hidepid= keeps it from whoever asks.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return null;
    throw error;
  }
}

/** Names of the services in which processes of these accounts run. Costs less than asking systemd about each service. */
export async function runningServices(uids: ReadonlySet<number>): Promise<string[]> {
  const pids = (await readdir(PROC)).filter((name) => PROCESS.test(name));
  const services = await Promise.all(pids.map((pid) => serviceOfProcess(pid, uids)));
  return [...new Set(services.filter((name) => name !== null))];
}
