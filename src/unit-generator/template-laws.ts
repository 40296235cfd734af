import type { Assignment } from "../units/unit-file.ts";
import { parseUnitFile } from "../units/unit-file.ts";
import type { TemplateProblem } from "./parse-template.ts";

/**
 * Settings in which systemd leaves a backslash alone, so that `\x2d` stays what it is: names of units, a path behind
 * a colon, and a text. In a command line or an Environment= it would become `-`: systemd.syntax(7).
 */
const KEEPS_ESCAPES = new Set([
  ...[
    "Slice",
    "Requires",
    "Requisite",
    "Wants",
    "BindsTo",
    "PartOf",
    "Upholds",
    "Conflicts",
    "Before",
    "After",
  ],
  ...["OnFailure", "OnSuccess", "PropagatesReloadTo", "ReloadPropagatedFrom", "PropagatesStopTo"],
  ...["StopPropagatedFrom", "JoinsNamespaceOf", "LoadCredential", "LoadCredentialEncrypted", "Description"],
]);

const at = ({ line, column }: Assignment, text: string): TemplateProblem => ({ line, column, text });

/** A mistake in a template must not make a service that runs as root. */
function judgeUser(assignments: readonly Assignment[]): TemplateProblem[] {
  const users = assignments.filter(({ section, key }) => section === "Service" && key === "User");
  if (users.length === 0) return [{ line: 1, column: 1, text: "has no User={user} in [Service]" }];
  const [, second] = users;
  return [
    ...users.filter(({ value }) => value !== "{user}").map((each) => at(each, "must be User={user}")),
    ...(second === undefined
      ? []
      : [at(second, "stands twice: User={user} once is all that a template may say")]),
  ];
}

const judgeUnitNames = (assignments: readonly Assignment[]): TemplateProblem[] =>
  assignments
    .filter(({ key, value }) => value.includes("{unit}") && !KEEPS_ESCAPES.has(key))
    .map((each) => at(each, `systemd would unescape {unit} in ${each.key}=; it is for names of units`));

/** What no template may say, whatever its placeholders stand for. */
export function whyForbidden(name: string, text: string): TemplateProblem[] {
  const assignments = parseUnitFile(name, text);
  return [...(name.endsWith(".service") ? judgeUser(assignments) : []), ...judgeUnitNames(assignments)];
}
