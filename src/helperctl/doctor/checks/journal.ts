import { existsSync } from "node:fs";
import { readlink } from "node:fs/promises";
import { basename } from "node:path";
import type { Assignment } from "../../../units/unit-file.ts";
import { UnitTexts } from "../../check/unit-texts.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import { quoteForShell, readable } from "../../shell-quote.ts";
import type { Check } from "../check.ts";
import { configurationFiles } from "../configuration-files.ts";
import { ifReachable } from "../if-reachable.ts";
import type { Place } from "../dropin.ts";
import { placeOf, restartOf, setInDropin } from "../dropin.ts";
import { inTurn } from "../mend.ts";
import { HELPER_SERVICE } from "../names.ts";
import { filesOf, numberOf, textOf } from "../properties.ts";

/** Where systemd-journald keeps the log: journald.conf(5). */
export interface Storage {
  readonly value: string;
  /** The file that says so; null: none does. */
  readonly file: string | null;
}

/** Of the lines that say where, the last one counts. */
export function storageOf(assignments: readonly Assignment[]): Storage {
  const last = assignments.findLast(({ section, key }) => section === "Journal" && key === "Storage");
  return { value: last?.value || "auto", file: last?.file ?? null };
}

const KEEP = ["systemd-tmpfiles", "--create", "--prefix=/var/log/journal"] as const;

/** Writes a drop-in for journald that comes after the file that says otherwise, and has journald read it. */
function setInConfiguration(rival: string | null, topic: string, line: string): string | null {
  const isLate = rival?.includes(".conf.d/") === true && basename(rival) >= `50-${topic}.conf`;
  const path = `/etc/systemd/journald.conf.d/${isLate ? "zz" : "50"}-${topic}.conf`;
  return readable(
    `printf '%s\\n' '[Journal]' ${quoteForShell(line)} | install -D -m 0644 /dev/stdin ${path} && systemctl restart systemd-journald`,
  );
}

const keepLog = ({ file }: Storage): string | null =>
  setInConfiguration(file, "storage", "Storage=persistent");

/** @param isKept whether there is a place on disk that journald would use by itself */
export function judgeStorage(storage: Storage, isKept: boolean): Finding[] {
  const { value, file } = storage;
  const at = file === null ? {} : { file };
  if (value === "none") {
    const text = "journald keeps nothing (Storage=none): the audit log is lost as it is written";
    return [{ code: "journal-none", severity: "error", text, ...at, mend: keepLog(storage) }];
  }
  if (value === "persistent" || (value === "auto" && isKept)) return [];
  const text = "the journal lies in /run: the audit log is lost at the next boot";
  const mend =
    value === "auto"
      ? inTurn(["mkdir", "-p", "/var/log/journal"], KEEP, ["journalctl", "--flush"])
      : keepLog(storage);
  return [{ code: "journal-volatile", severity: "note", text, ...at, mend }];
}

/** A rate limit of a unit, as journald counts: so many lines in an interval. */
export interface RateLimit {
  readonly intervalUs: number;
  readonly burst: number;
}

/** More lines than the helper could write. */
const LEAST_A_SECOND = 100_000;
const MICROSECONDS = 1e6;
const ENOUGH = ["LogRateLimitIntervalSec=1s", "LogRateLimitBurst=1000000000"] as const;

/** Whether lines of the helper can be dropped. Without an interval systemd tells journald nothing, and its default holds. */
export const dropsLines = ({ intervalUs, burst }: RateLimit, isDefaultOpen: boolean): boolean =>
  intervalUs === 0 || burst === 0 ? !isDefaultOpen : burst / (intervalUs / MICROSECONDS) < LEAST_A_SECOND;

const ZERO = /^0+\s*[a-z]*$/;

/** Whether journald itself limits nothing: RateLimitIntervalSec= and RateLimitBurst= of journald.conf(5). */
export const isRateOpen = (assignments: readonly Assignment[]): boolean =>
  ["RateLimitIntervalSec", "RateLimitBurst"].some((wanted) =>
    ZERO.test(
      assignments.findLast(({ section, key }) => section === "Journal" && key === wanted)?.value ?? "",
    ),
  );

/** What PID 1 has told journald about a unit that runs: the targets of links. A missing one counts as 0. */
async function readTold(unit: string): Promise<RateLimit> {
  const [intervalUs = 0, burst = 0] = await Promise.all(
    ["interval", "burst"].map(async (name) => {
      try {
        return Number(await readlink(`/run/systemd/units/log-rate-limit-${name}:${unit}`));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
        throw error;
      }
    }),
  );
  return { intervalUs, burst };
}

/** Of two places the one that systemd reads later. */
function laterOf(service: UnitProperties, one: Place, other: Place): Place {
  const files = filesOf(service);
  return files.indexOf(one.file ?? "") > files.indexOf(other.file ?? "") ? one : other;
}

async function judgeRate(service: UnitProperties, isDefaultOpen: boolean): Promise<Finding[]> {
  const set = {
    intervalUs: numberOf(service, "LogRateLimitIntervalUSec"),
    burst: numberOf(service, "LogRateLimitBurst"),
  };
  if (dropsLines(set, isDefaultOpen)) {
    const text = `${HELPER_SERVICE} has a rate limit: journald drops records of a busy helper's audit log; it needs ${ENOUGH.join(" and ")} (an interval of 0 leaves journald's own limit in force)`;
    const place = laterOf(
      service,
      await placeOf(service, "LogRateLimitIntervalSec"),
      await placeOf(service, "LogRateLimitBurst"),
    );
    const mend = setInDropin(service, place, { topic: "log-rate", lines: ENOUGH });
    return [{ code: "journal-rate", severity: "warning", text, unit: HELPER_SERVICE, ...place, mend }];
  }
  if (textOf(service, "ActiveState") !== "active") return [];
  if (!dropsLines(await readTold(HELPER_SERVICE), isDefaultOpen)) return [];
  const text = `${HELPER_SERVICE} runs with another rate limit than its files set: journald drops records of a busy helper's audit log`;
  const mend = inTurn(restartOf(service));
  return [{ code: "journal-rate-not-told", severity: "warning", text, unit: HELPER_SERVICE, mend }];
}

/** syslog(3): what the helper writes of everything that it was allowed to do. */
const INFORMATION = 6;
const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
const levelOf = (text: string): number => {
  const at = LEVELS.indexOf(text);
  return at === -1 ? Number(text) : at;
};

/** journald stores nothing above a level: MaxLevelStore= of journald.conf(5). */
export function judgeLevel(assignments: readonly Assignment[]): Finding[] {
  const last = assignments.findLast(({ section, key }) => section === "Journal" && key === "MaxLevelStore");
  if (last === undefined || last.value === "" || !(levelOf(last.value) < INFORMATION)) return [];
  const text = `journald stores nothing below the level ${last.value} (MaxLevelStore=): the records of allowed verbs are lost`;
  const mend = setInConfiguration(last.file, "level", "MaxLevelStore=debug");
  return [{ code: "journal-level", severity: "error", text, file: last.file, line: last.line, mend }];
}

/** Settings of the helper's own unit with which its log does not reach the journal. */
async function judgeOutput(service: UnitProperties): Promise<Finding[]> {
  const found: { code: string; key: string; line: string }[] = [];
  if (!textOf(service, "StandardOutput").startsWith("journal")) {
    found.push({ code: "journal-output", key: "StandardOutput", line: "StandardOutput=journal" });
  }
  const most = Number(service["LogLevelMax"] ?? -1);
  if (most >= 0 && most < INFORMATION) {
    found.push({ code: "journal-level", key: "LogLevelMax", line: "LogLevelMax=debug" });
  }
  return Promise.all(
    found.map(async ({ code, key, line }): Promise<Finding> => {
      const place = await placeOf(service, key);
      const text = `${HELPER_SERVICE} sets ${key}= so that records do not reach the journal: the audit log is lost`;
      const mend = setInDropin(service, place, { topic: code, lines: [line] });
      return { code, severity: "error", text, unit: HELPER_SERVICE, ...place, mend };
    }),
  );
}

export const journal: Check = {
  name: "journal",
  title: "the journal, which keeps the audit log",
  run: async ({ unit }) => {
    const { assignments } = await new UnitTexts().read(await configurationFiles("journald"));
    const ofJournald = [
      ...judgeStorage(storageOf(assignments), existsSync("/var/log/journal")),
      ...judgeLevel(assignments),
    ];
    const service = await ifReachable(unit(HELPER_SERVICE));
    if (service === null || textOf(service, "LoadState") !== "loaded") return ofJournald;
    const [rate, output] = await Promise.all([
      judgeRate(service, isRateOpen(assignments)),
      judgeOutput(service),
    ]);
    return [...ofJournald, ...rate, ...output];
  },
};
