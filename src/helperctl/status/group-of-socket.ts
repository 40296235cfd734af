import { readFileSync } from "node:fs";
import { GROUP } from "../doctor/names.ts";

/** The gid of the group that may connect. systemd-sysusers writes it into group(5), which is read faster than NSS is asked. */
export async function gidOfSocket(): Promise<number | null> {
  const lines = readFileSync("/etc/group", "utf8").split("\n");
  const gid = Number(lines.find((line) => line.startsWith(`${GROUP}:`))?.split(":")[2] ?? NaN);
  if (Number.isSafeInteger(gid)) return gid;
  const { Accounts } = await import("../machine/accounts.ts");
  return (await new Accounts().group(GROUP))?.gid ?? null;
}
