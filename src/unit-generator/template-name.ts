import type { ServerName, UserName } from "../protocol/target.ts";
import type { UnitName, UnitPattern } from "../units/pattern.ts";
import { couldMeet, renderPattern } from "../units/pattern.ts";

const BEGINNING = /^[A-Za-z0-9:_.@-]{3,}[-@]$/;
/** Escaping a user name never yields - or : or @, so whatever follows one of these is not the user's. */
const SERVICE_END = /^(?:[-:][A-Za-z0-9_-]+)?@?\.service$/;
/** systemd nests slices at each -, so that none may be empty: systemd.slice(5). */
const SLICE_BEGINNING = /^(?:[^@-]+-)+$/;
const SLICE_END = /^(?:-[A-Za-z0-9_]+)*\.slice$/;

export const TEMPLATE_NAME_RULE =
  "a template is named by at least four of A-Z a-z 0-9 : _ . @ -, the last of them - or @, then {user} once, and then " +
  ".service, @.service or .slice";

/** Parses the file name of a template, which stands for the names of the units that are made from it. */
export function parseTemplateName(source: string): UnitPattern | null {
  const [before = "", after, ...others] = source.split("{user}");
  if (after === undefined || others.length > 0 || !BEGINNING.test(before)) return null;
  const isSlice = SLICE_BEGINNING.test(before) && SLICE_END.test(after);
  // A second @ would not make a template of systemd's, but an instance with an @ in its name.
  const isService = SERVICE_END.test(after) && !(before.includes("@") && after.includes("@"));
  if (!isSlice && !isService) return null;
  return { source, parts: [{ literal: before }, { placeholder: "user" }, { literal: after }] };
}

/** The name of somebody's unit; null where it would be longer than systemd allows. */
export const unitNameFor = (template: UnitPattern, user: UserName): UnitName | null =>
  renderPattern(template, { user, server: "" as ServerName });

/** Pairs of templates that could make the same unit for two users. */
export const findMeetings = (templates: readonly UnitPattern[]): (readonly [UnitPattern, UnitPattern])[] =>
  templates.flatMap((a, at) =>
    templates
      .slice(at + 1)
      .filter((b) => couldMeet(a, b))
      .map((b) => [a, b] as const),
  );
