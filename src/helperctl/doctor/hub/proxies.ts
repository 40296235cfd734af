import { open, readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Finding } from "../../finding.ts";
import { serviceOf } from "./running-services.ts";

const PROC = "/proc";

/** Programs that forward what users send, by the names of their files. */
const PROXIES: ReadonlySet<string> = new Set([
  "configurable-http-proxy",
  "traefik",
  "nginx",
  "caddy",
  "haproxy",
  "envoy",
  "apache2",
  "httpd",
  "lighttpd",
  "squid",
  "socat",
  "varnishd",
]);

/** What a process is, as its files in /proc say. */
export interface Process {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly uid: number;
  /** Its gid, and its supplementary groups. */
  readonly groups: readonly number[];
  readonly service: string | null;
}

/** The numbers of a line of /proc/PID/status, such as `Uid:\t999\t999\t999\t999`. */
const numbersOf = (status: string, key: string): number[] => {
  const [, line = ""] = new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status) ?? [];
  return line.split(/\s+/).filter(Boolean).map(Number);
};

/** Enough for the names of an interpreter and its script. */
const COMMAND_BYTES = 8192;

/** The beginning of a command line. A process may make its own as long as its address space, without any privilege. */
async function readCommand(pid: string): Promise<string> {
  const file = await open(`${PROC}/${pid}/cmdline`);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(COMMAND_BYTES), 0, COMMAND_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Reads a process that can reach the helper. The command line is read last, and of no other process: the kernel fetches
 * it from the memory of the process, which can keep the reader waiting.
 */
async function readProcess(pid: string, trusted: Trusted): Promise<Process | null> {
  try {
    const read = (name: string): Promise<string> => readFile(`${PROC}/${pid}/${name}`, "utf8");
    const [status, cgroups] = [await read("status"), await read("cgroup")];
    const [, uid = 0] = numbersOf(status, "Uid");
    const groups = [...numbersOf(status, "Gid"), ...numbersOf(status, "Groups")];
    if (rightOf({ uid, groups }, trusted) === null) return null;
    const argv = (await readCommand(pid)).split("\0");
    return { pid: Number(pid), argv, uid, groups, service: serviceOf(cgroups) };
  } catch (error) {
    // It has ended, or hidepid= hides it.
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return null;
    throw error;
  }
}

/** The proxy that a process is; for a script, what its interpreter runs. Null: none. */
function proxyOf({ argv }: Process): string | null {
  const [program = "", script = ""] = argv.map((word) => basename(word.split(":")[0] ?? ""));
  return [program, script].find((name) => PROXIES.has(name)) ?? null;
}

export interface Trusted {
  /** The accounts of hubs, by uid. */
  readonly hubs: ReadonlyMap<number, string>;
  /** The gid of the socket's group; null: there is none. */
  readonly group: number | null;
}

/** What makes the helper's socket open to a process, beyond root's rights; null: nothing. */
function rightOf({ uid, groups }: Pick<Process, "uid" | "groups">, { hubs, group }: Trusted): string | null {
  if (uid === 0) return null;
  const account = hubs.get(uid);
  if (account !== undefined) return `runs as the hub's account ${account}`;
  return group !== null && groups.includes(group) ? "is in the group of the helper's socket" : null;
}

/** Decides whether a process that forwards what users send can reach the helper as a hub does. */
export function judgeProxy(process: Process, trusted: Trusted): Finding[] {
  const [proxy, right] = [proxyOf(process), rightOf(process, trusted)];
  if (proxy === null || right === null) return [];
  const where = process.service === null ? "" : ` in ${process.service}`;
  const text = `${proxy} (pid ${process.pid}${where}) forwards what users send, and ${right}: a user who makes it connect to the helper's socket asks as the hub; run it as an account of its own, as jupyterhub-proxy.service of the examples does, with c.ConfigurableHTTPProxy.should_start = False`;
  const about = process.service === null ? {} : { unit: process.service };
  return [{ code: "hub-proxy", severity: "warning", text, ...about, mend: null }];
}

/** Looks for proxies that share the hub's account or the socket's group. */
export async function findProxies(trusted: Trusted): Promise<Finding[]> {
  const pids = (await readdir(PROC)).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(pids.map((pid) => readProcess(pid, trusted)));
  return processes.flatMap((process) => (process === null ? [] : judgeProxy(process, trusted)));
}
