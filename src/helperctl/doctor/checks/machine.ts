import { stat, statfs } from "node:fs/promises";
import { LEAST_ROOM } from "../../../helper/credentials/run-tree.ts";
import { POLICY_PATHS } from "../../../policy/load.ts";
import type { Finding } from "../../finding.ts";
import { renderDuration } from "../../quantities.ts";
import type { Check } from "../check.ts";
import { lookAt } from "../look-at.ts";
import { unitFacts } from "../unit-facts.ts";

/** A part of a file system that is free, of blocks or of inodes, whichever is less. */
async function freePart(path: string): Promise<number | null> {
  try {
    const { bavail, blocks, ffree, files } = await statfs(path);
    return Math.min(blocks === 0 ? 1 : bavail / blocks, files === 0 ? 1 : ffree / files);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const percent = (part: number): string => `${Math.floor(part * 100)} %`;
const NEARLY_FULL = 0.05;

export function judgeRoom(path: string, free: number | null): Finding[] {
  if (free === null) return [];
  if (path === "/run" && free < LEAST_ROOM) {
    const text = `only ${percent(free)} of it is free, and the helper stages nothing where less than ${percent(LEAST_ROOM)} is: du -xh --max-depth=2 /run shows what fills it`;
    return [{ code: "run-full", severity: "error", file: path, text, mend: null }];
  }
  if (free >= NEARLY_FULL) return [];
  const text = `only ${percent(free)} of it is free: what cannot be recorded is not done`;
  return [
    { code: "disk-full", severity: "warning", file: path, text, mend: "journalctl --vacuum-size=200M" },
  ];
}

/** Where credentials are staged, and where the journal is written. */
export const disk: Check = {
  name: "disk",
  title: "room for credentials and for the journal",
  async run() {
    const places = ["/run", "/", "/var/log/journal"];
    return (await Promise.all(places.map(async (path) => judgeRoom(path, await freePart(path))))).flat();
  },
};

/** Without a journal no verb is carried out, and with one that forgets no refusal can be looked up later. */
export const journal: Check = {
  name: "journal",
  title: "the journal, where the audit log goes",
  async run({ unit }) {
    const journald = unitFacts("systemd-journald.service", (await unit("systemd-journald.service")) ?? {});
    const kept = await lookAt("/var/log/journal");
    const dead: Finding = {
      code: "journal-down",
      severity: "error",
      unit: journald.name,
      text: "the journal is not running, so nothing can be recorded and no server is started or stopped",
      mend: "systemctl start systemd-journald.service",
    };
    const forgetful: Finding = {
      code: "journal-volatile",
      severity: "note",
      text: "the journal, and the audit log in it, is gone after a reboot: there is no /var/log/journal",
      mend: "mkdir -p /var/log/journal && systemd-tmpfiles --create --prefix /var/log/journal && journalctl --flush",
    };
    return [...(journald.activeState === "active" ? [] : [dead]), ...(kept === null ? [forgetful] : [])];
  },
};

/** @param aheadMs how far the policy's own time lies in the future */
export function judgeClock(aheadMs: number, isSynchronised: boolean | null): Finding[] {
  if (aheadMs > 60_000) {
    const text = `the clock is behind: ${POLICY_PATHS.file} was written ${renderDuration(aheadMs / 1000)} from now`;
    return [{ code: "clock-behind", severity: "warning", text, mend: "timedatectl set-ntp true" }];
  }
  if (isSynchronised !== false) return [];
  const text = "the clock is not synchronised: times in the audit log are only as good as this machine's own";
  return [{ code: "clock-unsynchronised", severity: "note", text, mend: "timedatectl set-ntp true" }];
}

async function aheadMs(nowMs: number): Promise<number> {
  try {
    return (await stat(POLICY_PATHS.file)).mtimeMs - nowMs;
  } catch (error) {
    if (["ENOENT", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}

/** The times of the audit log. */
export const clock: Check = {
  name: "clock",
  title: "the clock",
  isSlow: true, // systemd-timedated is started for it
  async run({ machine }) {
    const { status, stdout } = await machine.run([
      "timedatectl",
      "show",
      "--property=NTPSynchronized",
      "--value",
    ]);
    return judgeClock(await aheadMs(Date.now()), status === 0 ? stdout.trim() === "yes" : null);
  },
};
