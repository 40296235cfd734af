import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SET_LINE } from "../../units/credential-path.ts";
import type { Assignment } from "../../units/unit-file.ts";
import { listOf } from "../../units/unit-file.ts";
import type { Finding } from "../finding.ts";
import { commandLine } from "../shell-quote.ts";
import { mendOldLine } from "./lints/credentials.ts";
import { UnitTexts } from "./unit-texts.ts";

/** Where the generator finds the site's templates. */
export const UNIT_TEMPLATES = "/etc/hub-helper/units";

/** What the generator takes for a template of a service: the rest are left by editors. */
const IS_SERVICE = /^[^.].*\.service$/;

function judge(fileName: string, assignments: readonly Assignment[]): Finding[] {
  // The name of the default server's unit, as its own template can spell it.
  const unit = fileName.replace("{user}", "{unit}");
  return listOf(assignments, "LoadCredential").flatMap((assignment): Finding[] => {
    const command = mendOldLine(assignment, unit);
    if (command === null) return [];
    const { file, line, column } = assignment;
    const text = `the helper refuses each unit that is made from it: this LoadCredential= is one of older versions; write ${SET_LINE}`;
    return [
      { code: "template-old-line", severity: "error", text, file, line, column, mend: commandLine(command) },
    ];
  });
}

/** Lines of older versions in the templates of the generator, also where no unit was made from them yet. */
export async function findTemplateFaults(directory = UNIT_TEMPLATES): Promise<Finding[]> {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => IS_SERVICE.test(name));
  const texts = new UnitTexts();
  const judged = names.map(async (name) => {
    const { assignments } = await texts.read([join(directory, name)]);
    return judge(name, assignments);
  });
  return (await Promise.all(judged)).flat();
}
