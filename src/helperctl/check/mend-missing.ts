import { existsSync, readdirSync } from "node:fs";
import { DEFAULT_MIN_UID } from "../../policy/never.ts";
import type { Policy, Template } from "../../policy/types.ts";
import { escapeForUnit } from "../../units/escape.ts";
import { commandLine, quoteForShell, readable } from "../shell-quote.ts";
import type { AccountBook } from "./eligible.ts";
import { UNIT_TEMPLATES } from "./generator-templates.ts";

/** The pattern that the example units are made for. */
const SHIPPED = "jupyterhub-singleuser-{user}.service";

/** scripts/install writes the place here where it has put the examples elsewhere. */
const ADD_USER_UNITS = "/usr/share/doc/hub-helper/examples/add-user-units";

/** The pattern of the generator that is installed. */
const SHIPPED_GENERATOR = "jupyterhub-unitgenerator@{user}.service";

/** The command that has these users' units made as they would be at their next login; null where nothing can. */
export function mendByGenerator(generator: Template, users: readonly string[]): string | null {
  if (generator.unit.source !== SHIPPED_GENERATOR || !hasFiles(UNIT_TEMPLATES)) return null;
  const units = users.map((user) => SHIPPED_GENERATOR.replace("{user}", () => escapeForUnit(user)));
  return commandLine(["systemctl", "start", "--", ...units]);
}

const hasFiles = (path: string): boolean => existsSync(path) && readdirSync(path).length > 0;

/** Makes the units of all members of a group who have none, where to name them all would be more than a line. */
const forGroup = (group: string): string | null =>
  readable(
    `${quoteForShell(ADD_USER_UNITS)} $(for user in $(getent group ${quoteForShell(group)} | cut -d : -f 4 | tr , ' '); do ` +
      `systemctl cat "jupyterhub-singleuser-$(systemd-escape -- "$user").service" >/dev/null 2>&1 || printf '%s ' "$user"; done)`,
  );

/** A group whose own list has everybody who is missing, and only those who may have servers. */
async function groupOf(
  { rules }: Policy,
  template: Template,
  users: readonly string[],
  book: AccountBook,
): Promise<string | null> {
  for (const { templates, target } of rules) {
    if (target.group === null || !templates.has(template.name)) continue;
    const listed = await book.listedIn(target.group);
    const entries = await book.entries(listed);
    const areAllTargets = entries.every(({ uid }) => uid >= Math.max(target.minUid, DEFAULT_MIN_UID));
    if (areAllTargets && users.every((user) => listed.includes(user))) return target.group;
  }
  return null;
}

/** The command that makes the units of these users; null where the template is not the shipped one. */
export async function mendMissing(
  policy: Policy,
  template: Template,
  users: readonly string[],
  book: AccountBook,
): Promise<string | null> {
  if (template.unit.source !== SHIPPED || !existsSync(ADD_USER_UNITS)) return null;
  const entries = await book.entries(users);
  // The program takes no account below.
  if (entries.some(({ uid }) => uid < DEFAULT_MIN_UID)) return null;
  const line = commandLine([ADD_USER_UNITS, ...users]);
  if (line !== null) return line;
  const group = await groupOf(policy, template, users, book);
  return group === null ? null : forGroup(group);
}
