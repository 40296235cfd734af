import { realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isProvided, viewOf } from "../../../units/sandbox-view.ts";
import { lastOf } from "../../../units/unit-file.ts";
import type { Complaint, LoadedUnit, Mend, Spot } from "../complaint.ts";
import { fragmentOf, pamNameOf, spotOf } from "../complaint.ts";
import { sessionModules } from "../pam-stack.ts";
import { mendBySession } from "./session.ts";

/** They make a home that is not there, before anything of the unit's sandbox counts. */
const MAKERS: ReadonlySet<string> = new Set(["pam_mkhomedir.so", "pam_oddjob_mkhomedir.so"]);

/** The path that the kernel comes to; null where there is nothing. Undefined where this account may not see. */
function reach(path: string): string | null | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code !== undefined) return undefined;
    throw error;
  }
}

const resolved = (path: string): string => reach(path) ?? path;

const isMade = (unit: LoadedUnit): boolean => {
  const name = pamNameOf(unit);
  return name !== null && (sessionModules(name) ?? []).some((module) => MAKERS.has(module));
};

/** Whether the unit begins in the account's home, or fails: `~`, and `!` before what may be missing. */
const beginsThere = ({ properties }: LoadedUnit, home: string): boolean =>
  ["~", home].includes(properties["WorkingDirectory"] as string);

/** Whether the unit's programs look for their files elsewhere. */
const hasOther = ({ properties }: LoadedUnit): boolean =>
  ((properties["Environment"] as string[] | undefined) ?? []).some((line) => line.startsWith("HOME="));

/** For all homes of the same directory at once: other accounts' own modes still count. */
const openPath = (home: string): string => (dirname(home) === "/" ? home : dirname(home));

function mendView(home: string, key: string | null): Mend {
  if (key === "ProtectSystem") {
    const path = openPath(home);
    const name = `50-homes${path.replace(/[^A-Za-z0-9]+/g, "-")}.conf`;
    return home === "/" ? null : { kind: "dropin", name, lines: [`ReadWritePaths=-${path}`] };
  }
  return key === "ProtectHome" ? { kind: "set", key, value: "no", shared: "no" } : null;
}

/** The line that counts for a setting of which only some have one value. */
const spotOfKey = (unit: LoadedUnit, key: string | null): Spot | null =>
  spotOf(key === null ? null : lastOf(unit.assignments, key)) ?? fragmentOf(unit);

/** Whether a server finds the home of its account, and may write there. */
export function lintHome(unit: LoadedUnit): Complaint[] {
  const { account } = unit.ground;
  if (unit.template.runAs !== null || account === null) return [];
  const { home } = account;
  const startFails = beginsThere(unit, home);
  if (hasOther(unit) && !startFails) return [];
  const complain = (rest: Pick<Complaint, "code" | "severity" | "problem" | "general" | "at" | "mend">) => [
    { unit, ...rest },
  ];
  const outcome = startFails ? ": the start fails with 200" : "";
  const path = reach(home);
  if (path === undefined) return [];
  if (path === null || !statSync(path).isDirectory()) {
    if (isProvided(home, unit.properties) || (path === null && isMade(unit))) return [];
    const what = path === null ? "does not exist" : "is no directory";
    const at = fragmentOf(unit);
    return complain({
      code: "unit-home-missing",
      severity: "warning",
      problem: `the home of ${account.name}, ${home === "" ? "of which the account database says nothing" : home}, ${what}${outcome}; mkhomedir_helper ${account.name} makes it, or a session of PAM's at each start`,
      general: `the home of its account ${what}${outcome}; mkhomedir_helper makes one, or a session of PAM's at each start`,
      at,
      mend: path === null && pamNameOf(unit) === null ? mendBySession() : null,
    });
  }
  const seen = viewOf(path, unit.properties, resolved);
  if (seen === null || seen.view === "writable") return [];
  const { view, setting, key } = seen;
  const isHidden = view === "hidden";
  const harm = isHidden ? outcome : ": the server can write nothing there";
  const words = `is ${isHidden ? "hidden from" : "read-only to"} it by ${setting ?? ""}${harm}`;
  return complain({
    code: isHidden ? "unit-home-hidden" : "unit-home-read-only",
    severity: isHidden && startFails ? "error" : "warning",
    problem: `the home of ${account.name}, ${home}, ${words}`,
    general: `the home of its account, in ${dirname(home)}, ${words}`,
    at: spotOfKey(unit, key),
    mend: mendView(path, key),
  });
}
