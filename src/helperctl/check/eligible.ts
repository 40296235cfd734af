import { isNeverTarget } from "../../policy/never.ts";
import type { Policy, Rule } from "../../policy/types.ts";
import type { TemplateName, UserName } from "../../protocol/target.ts";
import { parseUserName } from "../../protocol/target.ts";
import type { Accounts, PasswdEntry } from "../machine/accounts.ts";

/** Looks accounts up, those that the name service lists all at once. */
export class AccountBook {
  readonly #accounts: Accounts;
  #listed: Promise<ReadonlyMap<string, PasswdEntry>> | null = null;

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  async entry(name: string): Promise<PasswdEntry | null> {
    this.#listed ??= this.#accounts.all().then((all) => new Map(all.map((each) => [each.name, each])));
    return (await this.#listed).get(name) ?? this.#accounts.user(name);
  }

  /** Those of the names that are accounts, in their order. */
  async entries(names: readonly string[]): Promise<PasswdEntry[]> {
    const found = await Promise.all(names.map((name) => this.entry(name)));
    return found.filter((entry) => entry !== null);
  }

  /** Those whom a group's own list has. */
  async listedIn(group: string): Promise<readonly string[]> {
    return (await this.#accounts.group(group))?.members ?? [];
  }

  /** Null: no such group. */
  membersOf(group: string): Promise<string[] | null> {
    return this.#accounts.membersOf(group);
  }
}

/** The accounts that a rule takes in, by its list or by its group. */
export async function targetsOf({ target }: Rule, book: AccountBook): Promise<PasswdEntry[]> {
  const members = target.group === null ? [] : ((await book.membersOf(target.group)) ?? []);
  const names = [...new Set<string>([...target.users, ...members])];
  const entries = await book.entries(names.filter((name) => parseUserName(name) !== null));
  return entries.filter(({ uid }) => uid >= target.minUid && !isNeverTarget(uid));
}

/** For each template, whose units some rule lets somebody start. */
export async function startableTargets(
  policy: Policy,
  book: AccountBook,
): Promise<ReadonlyMap<TemplateName, ReadonlyMap<UserName, PasswdEntry>>> {
  const startable = new Map<TemplateName, Map<UserName, PasswdEntry>>();
  for (const rule of policy.rules.filter(({ methods }) => methods.has("start"))) {
    const targets = await targetsOf(rule, book);
    for (const template of rule.templates) {
      const known = startable.get(template) ?? new Map<UserName, PasswdEntry>();
      for (const entry of targets) known.set(entry.name as UserName, entry);
      startable.set(template, known);
    }
  }
  return startable;
}
