import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { Assignment } from "../../../units/unit-file.ts";
import { UnitTexts } from "../../check/unit-texts.ts";
import type { Finding } from "../../finding.ts";
import type { UnitProperties } from "../../machine/machine.ts";
import { readable } from "../../shell-quote.ts";
import type { Check } from "../check.ts";
import { configurationFiles } from "../configuration-files.ts";
import { ifReachable } from "../if-reachable.ts";
import { placeOf, setInDropin } from "../dropin.ts";
import { inTurn } from "../mend.ts";
import { HELPER_SERVICE } from "../names.ts";
import { numberOf, textOf } from "../properties.ts";

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

function keepLog({ file }: Storage): string | null {
  const isLate = file?.includes(".conf.d/") === true && basename(file) >= "50-storage.conf";
  const path = `/etc/systemd/journald.conf.d/${isLate ? "zz" : "50"}-storage.conf`;
  return readable(
    `printf '%s\\n' '[Journal]' 'Storage=persistent' | install -D -m 0644 /dev/stdin ${path} && systemctl restart systemd-journald`,
  );
}

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

/** journald drops what is above a limit, and a verb without a record must not happen. */
async function judgeRate(service: UnitProperties): Promise<Finding[]> {
  const isLimited =
    numberOf(service, "LogRateLimitIntervalUSec") > 0 && textOf(service, "LoadState") === "loaded";
  if (!isLimited) return [];
  const key = "LogRateLimitIntervalSec";
  const text = `${HELPER_SERVICE} has a ${key}= that is not 0: of a busy helper's audit log, journald drops what is above it`;
  const place = await placeOf(service, key);
  const mend = setInDropin(service, place, { topic: "log-rate", lines: [`${key}=0`] });
  return [{ code: "journal-rate", severity: "warning", text, unit: HELPER_SERVICE, ...place, mend }];
}

export const journal: Check = {
  name: "journal",
  title: "the journal, which keeps the audit log",
  run: async ({ unit }) => {
    const { assignments } = await new UnitTexts().read(await configurationFiles("journald"));
    const ofStorage = judgeStorage(storageOf(assignments), existsSync("/var/log/journal"));
    const service = await ifReachable(unit(HELPER_SERVICE));
    return [...ofStorage, ...(service === null ? [] : await judgeRate(service))];
  },
};
