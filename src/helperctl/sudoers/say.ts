import type { Defaults, Grant, Member, MemberKind, SudoCommand, SudoOption, UserSpec } from "./model.ts";

const MARKS: Readonly<Partial<Record<MemberKind, string>>> = {
  uid: "#",
  group: "%",
  gid: "%#",
  netgroup: "+",
  "foreign-group": "%:",
};

const not = (negated: boolean): string => (negated ? "!" : "");

/** A member as it stands in a sudoers file, more or less: nothing is quoted again. Hostile. */
export const sayMember = ({ kind, name, negated }: Member): string =>
  `${not(negated)}${MARKS[kind] ?? ""}${name}`;

export const sayMembers = (members: readonly Member[]): string => members.map(sayMember).join(", ");

export const sayCommand = ({ command, negated }: SudoCommand): string => `${not(negated)}${command}`;

const TAGS: Readonly<Record<string, readonly [whenTrue: string, whenFalse: string]>> = {
  authenticate: ["PASSWD", "NOPASSWD"],
  setenv: ["SETENV", "NOSETENV"],
  noexec: ["NOEXEC", "EXEC"],
};

/** An option as Defaults or a tag shows it. */
export function sayOption({ name, value, operation }: SudoOption): string {
  if (typeof value === "boolean") return `${not(!value)}${name}`;
  const sign = operation === "list_add" ? " += " : operation === "list_remove" ? " -= " : "=";
  return `${name}${sign}${typeof value === "object" ? `"${value.join(" ")}"` : value}`;
}

function sayTag(option: SudoOption): string {
  const tag = Object.hasOwn(TAGS, option.name) ? TAGS[option.name] : undefined;
  if (tag === undefined || typeof option.value !== "boolean") return sayOption(option);
  return `${option.value ? tag[0] : tag[1]}:`;
}

const sayRunas = ({ runas, runasGroups }: Grant): string => {
  if (runas === null) return "";
  const groups = runasGroups.map(({ name, negated }) => `${not(negated)}${name}`).join(", ");
  return `(${sayMembers(runas)}${groups === "" ? "" : ` : ${groups}`}) `;
};

/** Of a grant of thousands of commands, the beginning has to do: it is told with each of them. */
const MOST_CHARACTERS = 300;
const shorten = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

/** One part of a user specification on a line of its own: `rhea ALL=(zoe) NOPASSWD: /usr/bin/sudospawner`. Hostile. */
export function sayGrant({ users, hosts }: UserSpec, grant: Grant): string {
  const tags = grant.options.map((option) => `${sayTag(option)} `).join("");
  const commands = grant.commands.map(sayCommand).join(", ");
  return shorten(`${sayMembers(users)} ${sayMembers(hosts)}=${sayRunas(grant)}${tags}${commands}`);
}

/** What a line of Defaults is bound to, and one option of it. Hostile. */
export function sayDefault({ members, commands }: Defaults, option: SudoOption): string {
  const bound = [...members.map(sayMember), ...commands.map(sayCommand)].join(", ");
  return `Defaults${bound === "" ? "" : ` (${bound})`} ${sayOption(option)}`;
}
