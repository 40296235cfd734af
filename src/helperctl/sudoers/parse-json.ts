import * as v from "valibot";
import { flattenCommands, flattenMembers } from "./expand.ts";
import { parseMended } from "./mend-json.ts";
import type {
  Defaults,
  Grant,
  Member,
  MemberKind,
  SudoCommand,
  SudoOption,
  Sudoers,
  UserSpec,
} from "./model.ts";

/** cvtsudoers' names for what a member is (plugins/sudoers/cvtsudoers_json.c). */
const KINDS: Readonly<Record<string, MemberKind>> = {
  username: "user",
  userid: "uid",
  usergroup: "group",
  usergid: "gid",
  netgroup: "netgroup",
  nonunixgroup: "foreign-group",
  nonunixgid: "foreign-group",
  hostname: "host",
  networkaddr: "address",
  useralias: "alias",
  runasalias: "alias",
  hostalias: "alias",
};

const record = v.record(v.string(), v.unknown());
const scalar = v.union([v.string(), v.number()]);

function toMember(fields: Record<string, unknown>): Member | null {
  const [key, value] = Object.entries(fields).find(([name]) => Object.hasOwn(KINDS, name)) ?? [];
  const kind = key === undefined ? undefined : KINDS[key];
  if (kind === undefined || !v.is(scalar, value)) return null;
  const name = String(value);
  // A name in quotes that is "ALL" looks the same here. It is taken for the word, as that is carried over nowhere.
  const special = name === "ALL" ? "all" : name === "" ? "self" : null;
  return { kind: special ?? kind, name, negated: fields["negated"] === true };
}

function toCommand(fields: Record<string, unknown>): SudoCommand | null {
  const { command, cmndalias } = fields;
  const text = command ?? cmndalias;
  if (typeof text !== "string") return null;
  return {
    command: text,
    isAlias: command === undefined,
    negated: fields["negated"] === true,
    hasDigest: Object.keys(fields).some((name) => name.startsWith("sha")),
  };
}

const OPERATIONS = ["list_add", "list_remove", "list_assign"] as const;
const optionValue = v.union([v.string(), v.number(), v.boolean(), v.array(v.string())]);

function toOption({ operation, ...rest }: Record<string, unknown>): SudoOption | null {
  const [[name, value] = [], ...more] = Object.entries(rest);
  if (name === undefined || more.length > 0 || !v.is(optionValue, value)) return null;
  return { name, value, operation: OPERATIONS.find((each) => each === operation) ?? null };
}

/** Something of cvtsudoers' that is not known fails the whole: what is left out unseen could be what restricts. */
const known = <T>(read: (fields: Record<string, unknown>) => T | null) =>
  v.pipe(
    record,
    v.rawTransform(({ dataset, addIssue, NEVER }): T => {
      const found = read(dataset.value);
      if (found !== null) return found;
      addIssue({ message: `is not known: ${JSON.stringify(dataset.value)}` });
      return NEVER;
    }),
  );

const member = known(toMember);
const command = known(toCommand);
const members = v.optional(v.array(member), []);
const commands = v.array(command);
const options = v.optional(v.array(known(toOption)), []);

const grant = v.pipe(
  v.strictObject({
    runasusers: v.optional(v.array(member)),
    runasgroups: members,
    Options: options,
    SELinux_Spec: options,
    AppArmor_Spec: options,
    Solaris_Priv_Spec: options,
    Commands: commands,
  }),
  v.transform(({ runasusers, runasgroups, Commands, ...lists }): Grant => ({
    // `(:group)` names no user: the command runs as whoever asks.
    runas: runasusers ?? (runasgroups.length > 0 ? [{ kind: "self", name: "", negated: false }] : null),
    runasGroups: runasgroups,
    options: [...lists.Options, ...lists.SELinux_Spec, ...lists.AppArmor_Spec, ...lists.Solaris_Priv_Spec],
    commands: Commands,
  })),
);

const userSpec = v.pipe(
  v.strictObject({
    User_List: v.array(member),
    Host_List: v.array(member),
    Cmnd_Specs: v.array(grant),
    Options: options,
  }),
  v.transform(({ User_List, Host_List, Cmnd_Specs, Options }): UserSpec => ({
    users: User_List,
    hosts: Host_List,
    grants: Cmnd_Specs.map((each) => ({ ...each, options: [...Options, ...each.options] })),
  })),
);

const isCommand = (fields: Record<string, unknown>): boolean => "command" in fields || "cmndalias" in fields;

const defaults = v.pipe(
  v.strictObject({ Binding: v.optional(v.array(record), []), Options: options }),
  v.transform(({ Binding, Options }): Defaults => {
    const bound = <T>(read: (fields: Record<string, unknown>) => T | null, list: typeof Binding): T[] =>
      list.map(read).filter((each) => each !== null);
    return {
      members: bound(toMember, Binding),
      commands: bound(toCommand, Binding.filter(isCommand)),
      options: Options,
    };
  }),
);

const aliases = <T extends v.GenericSchema>(item: T) =>
  v.pipe(
    v.optional(v.record(v.string(), v.array(item)), {}),
    v.transform((table) => new Map(Object.entries(table))),
  );

const document = v.pipe(
  v.custom((value) => !Array.isArray(value), "is a list"),
  v.strictObject({
    Defaults: v.optional(v.array(defaults), []),
    User_Aliases: aliases(member),
    Runas_Aliases: aliases(member),
    Host_Aliases: aliases(member),
    Command_Aliases: aliases(command),
    User_Specs: v.optional(v.array(userSpec), []),
  }),
  v.transform((file) => ({
    defaults: file.Defaults,
    userAliases: flattenMembers(file.User_Aliases),
    runasAliases: flattenMembers(file.Runas_Aliases),
    hostAliases: flattenMembers(file.Host_Aliases),
    commandAliases: flattenCommands(file.Command_Aliases),
    specs: file.User_Specs,
  })),
);

/** What stands in the file itself. */
export type SudoersContent = Omit<Sudoers, "source" | "includes" | "warnings">;

/** Reads what `cvtsudoers -f json` prints. @throws SyntaxError, ValiError */
export const parseSudoersJson = (json: string): SudoersContent =>
  // Of a file that says nothing it prints nothing.
  v.parse(document, json.trim() === "" ? {} : parseMended(json));
