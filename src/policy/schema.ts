import * as v from "valibot";
import { RULE_METHODS } from "../protocol/methods.ts";
import type { RuleMethod } from "../protocol/methods.ts";
import type { Limits } from "../protocol/results.ts";
import type { TemplateName, UserName } from "../protocol/target.ts";
import { USER_NAME_RULE, parseUserName } from "../protocol/target.ts";
import { UNIT_NAME_MAX, parsePattern } from "../units/pattern.ts";
import type { UnitPattern } from "../units/pattern.ts";
import { DEFAULT_MIN_UID, LOWEST_TARGET_UID, whyNeverEnvironment } from "./never.ts";
import {
  anything,
  emptyTable,
  flag,
  integer,
  listOf,
  number,
  someOf,
  table,
  tableOf,
  text,
  textWhere,
} from "./table.ts";

/** A policy file with its templates and rules as they came: each is judged by itself, so that one mistake hides no other. */
export const fileSchema = table({
  version: v.optional(anything),
  limits: v.optional(anything),
  template: v.optional(tableOf(anything), emptyTable),
  allow: v.optional(listOf(anything), []),
});

export const POLICY_VERSION = 1;
export const versionSchema = v.literal(POLICY_VERSION, `must be ${POLICY_VERSION}`);

const limit = (schema: v.GenericSchema<unknown, number>, otherwise: number) => v.optional(schema, otherwise);

/** The limits with their ranges and defaults. */
export const limitsSchema = table({
  frame_bytes: limit(integer(1024, 16_777_216), 524_288),
  frame_seconds: limit(number(0.1, 600), 10),
  connections: limit(integer(2, 65_536), 256),
  connections_per_uid: limit(integer(1, 65_536), 64),
  in_flight_per_uid: limit(integer(1, 1_000_000), 2048),
  verbs_per_second: limit(number(0.01, 1_000_000), 200),
  verbs_burst: limit(integer(1, 1_000_000), 2000),
  idle_exit_seconds: limit(number(0.001, 86_400), 60),
} satisfies Record<keyof Limits, v.GenericSchema>);

const pattern = (...placeholders: ("user" | "server")[]) =>
  v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }): UnitPattern => {
      const parsed =
        dataset.value.length > UNIT_NAME_MAX
          ? `is longer than the ${UNIT_NAME_MAX} characters of a unit name`
          : parsePattern(dataset.value, placeholders);
      if (typeof parsed !== "string") return parsed;
      addIssue({ message: parsed });
      return NEVER;
    }),
  );

const userName = v.pipe(
  text,
  v.check((name) => parseUserName(name) !== null, `is not a user name: ${USER_NAME_RULE}`),
  v.transform((name) => name as UserName),
);

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function problemOfVariable(name: string): string | null {
  if (!VARIABLE.test(name)) return "is not an environment name: letters, digits and _, no digit first";
  const reason = whyNeverEnvironment(name);
  return reason === null ? null : `is never let through: it ${reason}; take it out`;
}

const CREDENTIAL_FILE = /^[a-z][a-z0-9_]*$/;
const CREDENTIAL_FILE_MAX = 64;

function problemOfCredentialFile(name: string): string | null {
  if (name === "env") return "is taken by the rendered environment; choose another name";
  return CREDENTIAL_FILE.test(name) && name.length <= CREDENTIAL_FILE_MAX
    ? null
    : `is not a credential name: a lower-case letter, then lower-case letters, digits and _, ${CREDENTIAL_FILE_MAX} at most`;
}

function problemOfPinnedValue(value: string): string | null {
  if (/[\0\n\r]/.test(value)) return "may hold no NUL and no line break";
  const stray = /\{(?!user\}|server\})[A-Za-z_]*\}/.exec(value);
  return stray === null ? null : `holds ${stray[0]}; the placeholders are {user} and {server}`;
}

/** systemd gives all credentials of a unit together no more than this (CREDENTIALS_TOTAL_SIZE_MAX). */
const CREDENTIALS_MAX_BYTES = 1_048_576;

const credentials = table({
  files: v.optional(listOf(textWhere(problemOfCredentialFile)), []),
  env: v.optional(listOf(textWhere(problemOfVariable)), []),
  env_pinned: v.optional(tableOf(textWhere(problemOfPinnedValue)), emptyTable),
  max_bytes: v.optional(integer(1, CREDENTIALS_MAX_BYTES), 65_536),
});

/** `run_as` that stands for the target's own account. */
export const RUN_AS_TARGET = "{user}";

export const templateSchema = table({
  default: v.optional(flag, false),
  unit: pattern("user"),
  named_unit: v.optional(pattern("user", "server")),
  run_as: v.optional(
    textWhere((name) =>
      name === RUN_AS_TARGET || parseUserName(name) !== null
        ? null
        : `must be "${RUN_AS_TARGET}" or the name of an account`,
    ),
    RUN_AS_TARGET,
  ),
  settle_ms: v.optional(integer(0, 60_000), 0),
  credentials: v.optional(credentials),
});

export type TemplateTable = v.InferOutput<typeof templateSchema>;

const TEMPLATE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

export const problemOfTemplateName = (name: string): string | null =>
  TEMPLATE_NAME.test(name) ? null : "is not a template name: 1 to 64 letters, digits, _ and -";

const RULE_NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u;
const PEER_UNIT = /^[A-Za-z0-9:_.\\@-]+\.(?:service|scope|socket|mount|swap|slice)$/;

/** A name that the name service is asked for. */
export const isAccountName = (name: string): boolean => /^[^\p{C}\s:]{1,256}$/u.test(name);

const accountName = textWhere((name) =>
  isAccountName(name) ? null : "is not a name of the account database",
);

const peer = table({
  user: v.optional(accountName),
  group: v.optional(accountName),
  unit: v.optional(
    textWhere((name) =>
      PEER_UNIT.test(name) && name.length <= UNIT_NAME_MAX && !name.includes("@.")
        ? null
        : 'is not the name of a unit, such as "jupyterhub.service"',
    ),
  ),
});

const target = table({
  users: v.optional(someOf(userName)),
  group: v.optional(accountName),
  min_uid: v.optional(integer(LOWEST_TARGET_UID, 4_294_967_293), DEFAULT_MIN_UID),
});

const method = v.picklist(RULE_METHODS, `is not a method of a rule; they are ${RULE_METHODS.join(", ")}`);

export const ruleSchema = table({
  name: textWhere((name) =>
    RULE_NAME.test(name) ? null : "must be 1 to 64 characters, none of them a control character",
  ),
  peer: v.pipe(
    peer,
    v.check(
      ({ user, group }) => user !== undefined || group !== undefined,
      "names neither a user nor a group; give at least one",
    ),
  ),
  methods: v.pipe(
    someOf(method),
    v.transform((names): RuleMethod[] => names),
  ),
  templates: v.pipe(
    someOf(text),
    v.transform((names) => names as TemplateName[]),
  ),
  target: v.pipe(
    target,
    v.check(
      ({ users, group }) => users !== undefined || group !== undefined,
      "names neither users nor a group; give at least one",
    ),
  ),
});

export type RuleTable = v.InferOutput<typeof ruleSchema>;
