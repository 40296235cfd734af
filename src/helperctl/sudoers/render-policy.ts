import { DEFAULT_MIN_UID } from "../../policy/never.ts";
import { POLICY_VERSION } from "../../policy/schema.ts";
import { harmless } from "../harmless.ts";
import { wrap } from "../wrap.ts";
import { HUB_METHODS, TEMPLATE, TEMPLATE_ENV, TEMPLATE_PINNED } from "./shipped-template.ts";
import { tomlArray, tomlInline, tomlString } from "./toml.ts";
import type { Carried, Hub, Note, Translation, Withheld } from "./translation.ts";

const WIDTH = 80;

/**
 * Lines of comment, those after the first further in where `hang` says so. What comes from the file is made harmless
 * here, once: a newline of its own would end the comment.
 */
function comment(text: string, indent = "", hang = ""): string {
  const lines = wrap(harmless(text), WIDTH - 2 - indent.length - hang.length);
  return lines.map((line, at) => `# ${indent}${at === 0 ? "" : hang}${line}`.trimEnd() + "\n").join("");
}

const commentOut = (text: string): string => text.replace(/^(?=.)/gm, "# ");

/** Names for rules: the hub's, numbered where it is taken. A rule's name is shorter than an account's may be. */
function ruleNames(): (hub: Hub) => string {
  const taken = new Set<string>();
  return ({ kind, name }) => {
    const base = Array.from(`${kind === "group" ? "group-" : ""}${name}`)
      .slice(0, 50)
      .join("");
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? base : `${base}-${number}`;
      if (taken.has(candidate)) continue;
      taken.add(candidate);
      return candidate;
    }
  };
}

interface RuleText {
  readonly name: string;
  readonly hub: Hub;
  readonly users: readonly string[];
  readonly group: string | null;
}

function renderRule({ name, hub, users, group }: RuleText): string {
  const target = [
    ...(users.length === 0 ? [] : [`users = ${tomlArray(users, "target = { users = ".length + 20)}`]),
    ...(group === null ? [] : [`group = ${tomlString(group)}`]),
    `min_uid = ${DEFAULT_MIN_UID}`,
  ];
  return `[[allow]]
name = ${tomlString(name)}
peer = ${tomlInline([[hub.kind, hub.name]])}
methods = ${tomlArray(HUB_METHODS, "methods = ".length)}
templates = [${tomlString(TEMPLATE.name)}]
target = { ${target.join(", ")} }
`;
}

/** A rule names one group: the first stands with the users, each other has a rule of its own. */
function renderRules({ hub, users, groups }: Carried, nameOf: (hub: Hub) => string): string {
  const [first = null, ...others] = groups;
  const texts: Pick<RuleText, "users" | "group">[] = [
    ...(users.length > 0 || first !== null ? [{ users, group: first }] : []),
    ...others.map((group) => ({ users: [], group })),
  ];
  return texts.map((text) => renderRule({ ...text, hub, name: nameOf(hub) })).join("\n");
}

/** No group has this name, and the rule is commented out: whoever takes it must choose. */
const TO_BE_CHOSEN = "CHOOSE-A-GROUP";

function renderWithheld(draft: Withheld, nameOf: (hub: Hub) => string): string {
  const targets = draft.isForAnybody ? { users: [], groups: [TO_BE_CHOSEN] } : draft;
  const reasons = draft.reasons.map((reason) => comment(reason, "  ", "  ")).join("");
  const { users, groups } = targets;
  return `${comment("Not in force, because:")}${reasons}${commentOut(renderRules({ hub: draft.hub, users, groups }, nameOf))}`;
}

function renderTemplate(env: readonly string[]): string {
  const { name, unit, namedUnit, runAs, settleMs, files, maxBytes } = TEMPLATE;
  return `[template.${name}]
default = true
unit = ${tomlString(unit)}
named_unit = ${tomlString(namedUnit)}
run_as = ${tomlString(runAs)}
settle_ms = ${settleMs}

[template.${name}.credentials]
files = ${tomlArray(files, 0)}
env = ${tomlArray([...new Set([...TEMPLATE_ENV, ...env])].toSorted(), 0)}
env_pinned = ${tomlInline(TEMPLATE_PINNED)}
max_bytes = ${maxBytes}
`;
}

const NEXT = [
  "Read the rules, and what was not carried over.",
  "Put this into /etc/hub-helper/policy.toml, owned by root and writable by nobody else.",
  "helperctl check: says whether it loads, and which units are still missing.",
  "systemctl try-reload-or-restart helper: puts it in force.",
  "helperctl explain start USER --as HUB: says whether the hub may, and why.",
  "When the hub starts its servers through the helper, take the sudoers file out of /etc/sudoers.d. Until then sudo still allows what it says.",
];

function renderHead(source: string, { carried, missing }: Translation): string {
  const steps = NEXT.map((step, at) => comment(`${at + 1}. ${step}`, "  ", "   ")).join("");
  return [
    comment(`The policy that says what ${source} said; by helperctl policy-from-sudoers.`),
    ...(carried.length > 0 ? [] : ["#\n", comment("Nothing could be carried over: this allows nothing.")]),
    `#\n${comment("What to do next:")}${steps}`,
    ...(missing.length === 0 ? [] : [`#\n${comment("Missing on this machine:")}`]),
    ...missing.map((sentence) => comment(sentence, "  ", "  ")),
    "\n",
  ].join("");
}

/** One reason may hold for many pieces of the file. */
function renderNotes(notes: readonly Note[]): string {
  const abouts = new Map<string, Set<string>>();
  for (const { about, why } of notes) abouts.set(why, (abouts.get(why) ?? new Set()).add(about));
  const groups = Array.from(abouts, ([why, each]) => {
    const list = Array.from(each, (about) => comment(about, "  ", "  ")).join("");
    return `#\n${list}${comment(why, "      ")}`;
  });
  return groups.length === 0 ? "" : `${comment("Not carried over:")}${groups.join("")}\n`;
}

/** The policy as a file. Names are those that the policy takes; all else from the sudoers file stands in comments. */
export function renderPolicy(translation: Translation, source: string): string {
  const nameOf = ruleNames();
  const { carried, withheld, env, notes } = translation;
  return [
    renderHead(source, translation),
    renderNotes(notes),
    `version = ${POLICY_VERSION}\n\n`,
    renderTemplate(env),
    ...carried.map((each) => `\n${renderRules(each, nameOf)}`),
    ...withheld.map((each) => `\n${renderWithheld(each, nameOf)}`),
  ].join("");
}
