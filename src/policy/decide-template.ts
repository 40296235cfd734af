import type { Target } from "../protocol/target.ts";
import { SERVER_NAME_RULE, USER_NAME_RULE, parseServerName, parseUserName } from "../protocol/target.ts";
import { METHODS } from "../protocol/methods.ts";
import type { MethodName } from "../protocol/methods.ts";
import { UNIT_NAME_MAX, renderPattern } from "../units/pattern.ts";
import { note, refuse, refuseSyntax, shown } from "./decide-walk.ts";
import type { Ending, Step, Walk } from "./decide-walk.ts";
import type { Template } from "./types.ts";

/** The templates that the rules left standing allow, in the order of the policy; uid 0 may look at all. */
function templatesOf({ policy, free, rules }: Walk): Template[] {
  const all = [...policy.templates.values()];
  return free ? all : all.filter(({ name }) => rules.some((rule) => rule.templates.has(name)));
}

/** The template that is meant where none is named. */
function implied(templates: readonly Template[]): Template | null {
  const [first, ...others] = templates;
  return (others.length === 0 ? first : templates.find((each) => each.default)) ?? null;
}

function narrow(walk: Walk, template: Template): void {
  walk.template = template;
  if (walk.free) {
    note(walk, "template", true, `the template is ${template.name}; uid 0 may look at any`);
    return;
  }
  const left = walk.rules.filter((rule) => rule.templates.has(template.name));
  for (const rule of walk.rules) {
    const ok = left.includes(rule);
    note(walk, "template", ok, `${shown(rule)} ${ok ? "allows" : "does not list"} ${template.name}`, rule);
  }
  walk.rules = left;
}

function chooseTemplate(walk: Walk, asked: string | undefined): Ending | null {
  const templates = templatesOf(walk);
  const chosen = asked === undefined ? implied(templates) : templates.find(({ name }) => name === asked);
  if (asked === undefined && chosen === null && templates.length > 0) {
    return refuseSyntax(
      walk,
      "template",
      "template",
      "must be given: more than one template is allowed here",
    );
  }
  if (chosen === undefined || chosen === null) {
    const which = asked === undefined ? "a template" : `the template ${asked}`;
    return refuse(walk, "template", "template-not-allowed", `nothing allows ${which} here`);
  }
  narrow(walk, chosen);
  return null;
}

export const judgeTemplate: Step = (walk) => {
  const { question } = walk;
  if (question.target !== null) return chooseTemplate(walk, question.target.template);
  if (METHODS[question.method as MethodName].target === "one") {
    return refuseSyntax(walk, "target", "user", "is missing");
  }
  if (question.template === undefined) {
    note(walk, "template", true, "every template that is allowed here");
    return { verdict: "allow" };
  }
  return chooseTemplate(walk, question.template) ?? { verdict: "allow" };
};

/** The names of a target, by their grammar, and the unit name that they make. */
export const judgeTarget: Step = (walk) => {
  const { question, template } = walk;
  if (question.target === null || template === null) throw new Error("a target is judged after its template");
  const user = parseUserName(question.target.user);
  if (user === null) return refuseSyntax(walk, "target", "user", USER_NAME_RULE);
  const server = parseServerName(question.target.server);
  if (server === null) return refuseSyntax(walk, "target", "server", SERVER_NAME_RULE);
  const pattern = server === "" ? template.unit : template.namedUnit;
  if (pattern === null) {
    return refuseSyntax(walk, "target", "server", `the template ${template.name} has no named servers`);
  }
  const unit = renderPattern(pattern, { user, server });
  if (unit === null) {
    const path = server === "" ? "user" : "server";
    return refuseSyntax(
      walk,
      "target",
      path,
      `the unit's name would be longer than ${UNIT_NAME_MAX} characters`,
    );
  }
  const target: Target = { template: template.name, user, server };
  walk.resolved = { target, template, unit };
  note(walk, "target", true, `the unit is ${unit}`);
  return null;
};
