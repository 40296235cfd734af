import { ask } from "../ask.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { harmlessJson } from "../harmless.ts";
import { renderList } from "../list/table.ts";

const NONE = "Nothing runs, nothing has failed, and no credentials are staged.\n";
const NONE_OF_THESE = "Of these, nothing runs, nothing has failed, and no credentials are staged.\n";

/** The targets that the caller may see. */
export const list: Run = async ({ flags, values }, surroundings) => {
  const filter = { user: values.get("user"), template: values.get("template") };
  const units = await ask(surroundings, (client) => client.list(filter));
  const { print, nowMs, screen } = surroundings;
  if (flags.has("json")) print(harmlessJson({ units }));
  else if (units.length === 0) print(values.size === 0 ? NONE : NONE_OF_THESE);
  else print(renderList(units, nowMs(), screen));
  return EXIT.yes;
};
