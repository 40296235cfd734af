import { DEFAULT_MIN_UID, isNobody } from "../policy/never.ts";
import type { UserName } from "../protocol/target.ts";
import { Refusal } from "./refusal.ts";

/** What the account database says about somebody. */
export interface Entry {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/**
 * Looks somebody up by name.
 * @returns null where the database says that there is no such entry
 * @throws where it cannot say
 */
export type LookUp = (name: string) => Promise<Entry | null>;

export interface Account {
  readonly name: UserName;
  readonly uid: number;
  readonly home: string;
}

async function ask(user: UserName, lookUp: LookUp): Promise<Entry | null> {
  try {
    return await lookUp(user);
  } catch (cause) {
    throw new Refusal("try-again", `the account "${user}" cannot be looked up now`, { cause });
  }
}

/**
 * The account that units are made for. The helper's policy may say more; what is refused here is refused whoever
 * starts the generator.
 * @throws Refusal
 */
export async function resolveAccount(user: UserName, lookUp: LookUp): Promise<Account> {
  const entry = await ask(user, lookUp);
  // A directory may fold case or aliases: an entry of another name is not the account that was asked for.
  if (entry?.name !== user) throw new Refusal("no-user", `there is no account "${user}"`);
  const { uid, home } = entry;
  if (uid < DEFAULT_MIN_UID || isNobody(uid)) {
    throw new Refusal(
      "forbidden",
      `the account "${user}" has uid ${uid}: root and system accounts get no units`,
    );
  }
  return { name: user, uid, home };
}
