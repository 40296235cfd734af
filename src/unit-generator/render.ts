import { renderProblem } from "../policy/problem.ts";
import type { UnitName } from "../units/pattern.ts";
import type { Account } from "./account.ts";
import { markerOf } from "./marker.ts";
import type { Template } from "./read-templates.ts";
import { Refusal } from "./refusal.ts";
import { unitNameFor } from "./template-name.ts";
import { valuesOf } from "./values.ts";

/** A unit file as it is to stand. */
export interface Unit {
  readonly name: UnitName;
  readonly text: string;
}

/**
 * Makes an account's unit from a template.
 * @throws Refusal where something of the account's has no safe spelling
 */
export function renderUnit(template: Template, account: Account): Unit {
  const { path, pieces } = template;
  const name = unitNameFor(template.name, account.name);
  if (name === null)
    throw new Refusal("data", `${path}: the unit of "${account.name}" would have too long a name`);
  const values = valuesOf(account);
  const text = pieces.map((piece) => {
    if ("literal" in piece) return piece.literal;
    const value = values[piece.placeholder];
    if ("text" in value) return value.text;
    const { line, column } = piece;
    throw new Refusal("data", renderProblem({ file: path, line, column, text: value.unsafe }));
  });
  const marker = markerOf({ uid: account.uid, user: account.name, template: path });
  return { name, text: `${marker}\n${text.join("")}` };
}
