import { escapeForUnit } from "../units/escape.ts";
import type { Account } from "./account.ts";
import { whyUnsafeHome } from "./home.ts";

/** What a template may have in braces. */
export const PLACEHOLDERS = ["user", "uid", "home", "unit"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What stands in a unit file in the place of a placeholder, or why nothing can. */
export type Value = { readonly text: string } | { readonly unsafe: string };

export type Values = Readonly<Record<Placeholder, Value>>;

function homeOf({ name, home }: Account): Value {
  const why = whyUnsafeHome(home);
  if (why !== null) return { unsafe: `the home directory of "${name}" ${why}` };
  // A % begins a specifier, and two are one: systemd.unit(5).
  return { text: home.replace(/\/$/, "").replaceAll("%", "%%") };
}

/** What an account's placeholders stand for. The grammar of names leaves nothing in one that systemd would act on. */
export const valuesOf = (account: Account): Values => ({
  user: { text: account.name },
  uid: { text: String(account.uid) },
  home: homeOf(account),
  unit: { text: escapeForUnit(account.name) },
});
