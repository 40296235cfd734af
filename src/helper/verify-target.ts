import type { Account, NameService, Resolved, UnitProblem } from "../policy/types.ts";
import type { RawUnit } from "../units/raw-unit.ts";
import { verifyId, verifyUnit } from "../units/verify.ts";
import { findFileProblem } from "./file-owners.ts";
import type { Systemd } from "./systemd/systemd.ts";

/** Methods that hand something to the unit: for them it must be what the policy says. The others only end or show it. */
const NEEDS_WHOLE_UNIT = new Set(["start", "write-credentials"]);

interface Parts {
  readonly systemd: Systemd;
  readonly names: NameService;
}

/** `User=` may be a name or a number; empty is root. */
async function uidOf(user: string, names: NameService): Promise<number | null> {
  if (user === "") return 0;
  if (/^[0-9]+$/.test(user)) return Number(user);
  return (await names.userByName(user))?.uid ?? null;
}

async function verifyWhole(
  parts: Parts,
  { unit, template }: Resolved,
  account: Account | null,
): Promise<UnitProblem | null> {
  const raw = await parts.systemd.load(unit);
  const uid = template.runAs === null ? (account?.uid ?? null) : await uidOf(template.runAs, parts.names);
  if (uid === null) return { kind: "refused", problem: "the account that the policy says does not exist" };
  return verifyUnit(unit, raw, {
    uid,
    userUid: await uidOf(raw.User, parts.names),
    fileProblem: findFileProblem(filesOf(raw)),
    startOnly: hasSteps(raw) && (await parts.systemd.permissionsStartOnly(unit)),
  });
}

const hasSteps = (raw: RawUnit): boolean => raw.ExecLines.some(({ directive }) => directive !== "ExecStart");

const filesOf = (raw: RawUnit): string[] =>
  [raw.FragmentPath, raw.SourcePath, ...raw.DropInPaths].filter((path) => path !== "");

/** Judges the unit behind a target, as far as the method needs it. */
export async function verifyTarget(
  parts: Parts,
  method: string,
  resolved: Resolved,
  account: Account | null,
): Promise<UnitProblem | null> {
  if (NEEDS_WHOLE_UNIT.has(method)) return verifyWhole(parts, resolved, account);
  const raw = await parts.systemd.glance(resolved.unit);
  return raw === null ? null : verifyId(resolved.unit, raw);
}
