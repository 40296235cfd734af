import type { Account, NameService, Template } from "../policy/types.ts";
import type { UnitName } from "../units/pattern.ts";
import type { RawUnit } from "../units/raw-unit.ts";
import type { Surroundings } from "../units/verify.ts";
import { findFileProblem } from "./file-owners.ts";

interface Parts {
  readonly systemd: { permissionsStartOnly(unit: UnitName): Promise<boolean> };
  readonly names: NameService;
}

/** `User=` may be a name or a number; empty is root. */
async function uidOf(user: string, names: NameService): Promise<number | null> {
  if (user === "") return 0;
  if (/^[0-9]+$/.test(user)) return Number(user);
  return (await names.userByName(user))?.uid ?? null;
}

const hasSteps = (raw: RawUnit): boolean => raw.ExecLines.some(({ directive }) => directive !== "ExecStart");

/** The files that say what a unit is. */
export const filesOf = (raw: RawUnit): string[] =>
  [raw.FragmentPath, raw.SourcePath, ...raw.DropInPaths].filter((path) => path !== "");

/** Finds out what a loaded unit is judged by. Null: the account that the policy says does not exist. */
export async function surroundUnit(
  { systemd, names }: Parts,
  unit: UnitName,
  raw: RawUnit,
  { runAs }: Template,
  account: Pick<Account, "uid"> | null,
): Promise<Surroundings | null> {
  const uid = runAs === null ? (account?.uid ?? null) : await uidOf(runAs, names);
  if (uid === null) return null;
  return {
    uid,
    isTarget: runAs === null,
    userUid: await uidOf(raw.User, names),
    fileProblem: findFileProblem(filesOf(raw)),
    startOnly: hasSteps(raw) && (await systemd.permissionsStartOnly(unit)),
  };
}
