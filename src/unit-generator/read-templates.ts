import { listSafely, readSafely, type Trust, UntrustedPathError } from "../policy/open-safely.ts";
import type { PlacedProblem } from "../policy/problem.ts";
import { renderProblem } from "../policy/problem.ts";
import type { UnitPattern } from "../units/pattern.ts";
import { escapeUnprintable } from "../units/printable.ts";
import { parseTemplate, type Piece } from "./parse-template.ts";
import { Refusal } from "./refusal.ts";
import { findMeetings, parseTemplateName, TEMPLATE_NAME_RULE } from "./template-name.ts";
import { decodeUtf8 } from "../units/decode-utf8.ts";

/** A unit file with places for an account. */
export interface Template {
  readonly path: string;
  readonly name: UnitPattern;
  readonly pieces: readonly Piece[];
}

const MAX_TEMPLATE_BYTES = 262_144;
const MOST_TEMPLATES = 64;

/** Editors leave hidden files and back-ups; neither is named like this. */
const IS_TEMPLATE = /^[^.].*\.(?:service|slice)$/s;

/** Runs `read`; what others than root could have written is refused. */
function believe<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof UntrustedPathError)) throw cause;
    throw new Refusal("templates", cause.message, { cause });
  }
}

const atTheTop = (file: string, text: string): PlacedProblem => ({ file, line: 1, column: 1, text });

function readTemplate(directory: string, fileName: string, trust: Trust): Template | PlacedProblem[] {
  const path = `${directory}/${fileName}`;
  const name = parseTemplateName(fileName);
  if (name === null) return [atTheTop(escapeUnprintable(path), TEMPLATE_NAME_RULE)];
  const text = decodeUtf8(believe(() => readSafely(path, MAX_TEMPLATE_BYTES, trust)));
  if (text === null) return [atTheTop(path, "this is not UTF-8")];
  const parsed = parseTemplate(fileName, text);
  if ("problems" in parsed) return parsed.problems.map((problem) => ({ ...problem, file: path }));
  return { path, name, pieces: parsed };
}

const isTemplate = (read: Template | PlacedProblem[]): read is Template => !Array.isArray(read);

function meetingsOf(directory: string, templates: readonly Template[]): PlacedProblem[] {
  return findMeetings(templates.map(({ name }) => name)).map(([a, b]) =>
    atTheTop(
      `${directory}/${b.source}`,
      `could make a unit of the same name as ${a.source} for somebody else`,
    ),
  );
}

/**
 * Reads the site's templates, each of which only root can have written.
 * @throws Refusal with everything that is wrong with them
 */
export function readTemplates(directory: string, trust: Trust): readonly Template[] {
  const fileNames = believe(() => listSafely(directory, trust)).filter((name) => IS_TEMPLATE.test(name));
  if (fileNames.length === 0) throw new Refusal("templates", `there is no template in ${directory}`);
  if (fileNames.length > MOST_TEMPLATES) {
    throw new Refusal("templates", `there are more than ${MOST_TEMPLATES} templates in ${directory}`);
  }
  const read = fileNames.map((name) => readTemplate(directory, name, trust));
  const templates = read.filter(isTemplate);
  const problems = [
    ...read.flatMap((each) => (isTemplate(each) ? [] : each)),
    ...meetingsOf(directory, templates),
  ];
  if (problems.length > 0) throw new Refusal("templates", problems.map(renderProblem).join("\n"));
  return templates;
}
