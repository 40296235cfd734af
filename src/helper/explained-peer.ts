import type { Account, Peer } from "../policy/types.ts";
import { ProtocolError } from "../protocol/errors.ts";
import type { ParamsOf } from "../protocol/methods.ts";
import type { Services } from "./services.ts";
import type { UnitIdentity } from "./systemd/properties.ts";

type Asked = ParamsOf<"explain">["peer"];
type Parts = Pick<Services, "names" | "systemd">;

const unknown = (path: string, problem: string): ProtocolError =>
  new ProtocolError("invalid-params", { path, problem });

const isId = (text: string): boolean => /^[0-9]+$/.test(text);

/** `User=` may be a name or a number; an empty one is root. */
async function accountOf({ names }: Parts, user: string): Promise<Account> {
  const name = user === "" ? "root" : isId(user) ? await names.nameOfUid(Number(user)) : user;
  const account = name === null ? null : await names.userByName(name);
  if (account !== null) return account;
  if (isId(user)) return { name: user, uid: Number(user), gid: Number(user), groups: [] };
  throw unknown("peer.unit", `its User=${user} is no account`);
}

async function gidOf({ names }: Parts, group: string): Promise<number> {
  const gid = isId(group) ? Number(group) : await names.groupByName(group);
  if (gid === null) throw unknown("peer.unit", `there is no group ${group}, which the unit names`);
  return gid;
}

/** What a process of a unit would be: systemd.exec(5), User=, Group= and SupplementaryGroups=. */
async function peerOfUnit(parts: Parts, unit: string): Promise<Peer> {
  const identity: UnitIdentity | null = await parts.systemd.identity(unit);
  if (identity === null) throw unknown("peer.unit", "there is no such unit");
  if (identity.dynamicUser) throw unknown("peer.unit", "its account is made when it starts (DynamicUser=)");
  const account = await accountOf(parts, identity.user);
  const gid = identity.group === "" ? account.gid : await gidOf(parts, identity.group);
  const more = await Promise.all(identity.supplementaryGroups.map((group) => gidOf(parts, group)));
  return { uid: account.uid, gid, groups: [...new Set([...account.groups, gid, ...more])], unit };
}

/**
 * The peer that an admin asks about, with the groups that the account database and the unit give it.
 * @throws ProtocolError `invalid-params` where there is nobody of that name
 */
export async function explainedPeer(parts: Parts, asked: Asked): Promise<Peer> {
  if (!("user" in asked) && !("uid" in asked)) return peerOfUnit(parts, asked.unit);
  const unit = asked.unit ?? null;
  const name = "user" in asked ? asked.user : await parts.names.nameOfUid(asked.uid);
  const account = name === null ? null : await parts.names.userByName(name);
  if (account !== null) return { uid: account.uid, gid: account.gid, groups: account.groups, unit };
  // A uid without an entry is a peer all the same; a name without one is nobody.
  if ("uid" in asked) return { uid: asked.uid, gid: asked.uid, groups: [], unit };
  throw unknown("peer.user", "there is no such account");
}
