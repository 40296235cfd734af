import { ProtocolError } from "../protocol/errors.ts";
import type { Target, TemplateName, UserName } from "../protocol/target.ts";
import { parseUserName, USER_NAME_RULE } from "../protocol/target.ts";

/** What `list` and `watch` are narrowed to; null: not narrowed. */
export interface Filter {
  readonly template: TemplateName | null;
  readonly user: UserName | null;
}

/** @param template a name that the decision has found in the policy */
export function parseFilter(template: string | undefined, user: string | undefined): Filter {
  const name = user === undefined ? null : parseUserName(user);
  if (user !== undefined && name === null) {
    throw new ProtocolError("invalid-params", { path: "user", problem: USER_NAME_RULE });
  }
  return { template: (template as TemplateName | undefined) ?? null, user: name };
}

export const isWithin = (filter: Filter, target: Target): boolean =>
  (filter.template === null || filter.template === target.template) &&
  (filter.user === null || filter.user === target.user);
