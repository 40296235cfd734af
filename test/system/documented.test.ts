// What the documents show of helperctl is typed here, in a real terminal. After a change that a reader would see,
// UPDATE_DOCUMENTS=1 writes what was printed into the documents; look at the difference before you commit it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { COMMANDS } from "../../src/helperctl/commands.ts";
import type { Testbed } from "../../testbed/index.ts";
import { committedFiles, read, ROOT } from "../docs/markdown.ts";
import type { Documented } from "./documented/blocks.ts";
import { documentedIn, withOutputs } from "./documented/blocks.ts";
import { normalise } from "./documented/normalise.ts";
import { bootScene } from "./documented/scene.ts";
import { openTerminal, type, typeAndEnd } from "./documented/terminal.ts";

const FILES = committedFiles().filter((name) => name.endsWith(".md"));
/** Whoever only looks comes first: on the other page servers are stopped. */
const FIRST = "docs/screens.md";
const DOCUMENTED = FILES.toSorted((a, b) => Number(b === FIRST) - Number(a === FIRST)).flatMap((file) =>
  documentedIn(file, read(file)),
);
const isUpdate = process.env["UPDATE_DOCUMENTS"] === "1";

let testbed: Testbed;
const printed = new Map<Documented, string>();

beforeAll(async () => {
  testbed = await bootScene();
  await openTerminal(testbed);
});

afterAll(async () => {
  await testbed.shutdown();
  if (!isUpdate) return;
  for (const file of FILES) {
    const outputs = DOCUMENTED.filter((each) => each.file === file).map(
      (each) => printed.get(each) ?? each.output,
    );
    if (outputs.length > 0) writeFileSync(join(ROOT, file), withOutputs(read(file), outputs));
  }
});

/** What goes on until it is ended, and how that is done. */
const ENDED_BY: readonly (readonly [RegExp, "q" | "C-c"])[] = [
  [/^helperctl top\b/, "q"],
  [/^helperctl watch\b/, "C-c"],
  [/^helperctl log\b.* -f\b/, "C-c"],
];

/** Two looks at the same screen: nothing more is coming. Used where the documents are being written. */
function hasSettled(): (screen: string) => boolean {
  let last = "";
  let looks = 0;
  return (screen) => {
    looks = screen === last && screen !== "" ? looks + 1 : 0;
    last = screen;
    return looks > 20;
  };
}

async function show(documented: Documented): Promise<string> {
  const key = ENDED_BY.find(([pattern]) => pattern.test(documented.command))?.[1];
  if (key === undefined) return type(testbed, documented);
  const wanted = normalise(documented.output);
  const until = isUpdate ? hasSettled() : (screen: string) => normalise(screen) === wanted;
  return typeAndEnd(testbed, { ...documented, key, isFullScreen: key === "q", until });
}

test("every command of helperctl is shown", () => {
  const shown = new Set(DOCUMENTED.map(({ command }) => command.split(" ")[1]));
  // A page of completions says nothing to a reader; its own tests have the shells read it.
  expect(Object.keys(COMMANDS).filter((name) => !shown.has(name))).toEqual(["completion"]);
});

test.each(DOCUMENTED.map((each) => [each.file, each.columns, each.command, each] as const))(
  "%s shows, at %d columns, what %s prints",
  async (_file, _columns, _command, documented) => {
    const screen = await show(documented);
    printed.set(documented, screen);
    if (!isUpdate) expect(normalise(screen)).toBe(normalise(documented.output));
    for (const line of screen.split("\n")) expect(line.length).toBeLessThanOrEqual(documented.columns);
  },
);

/** Command lines in the running text and in shell examples that name nothing to be filled in. */
const IN_PASSING = [
  ...new Set(
    FILES.flatMap((file) =>
      Array.from(
        read(file).matchAll(/(?:`|^)(helperctl [a-z][^`\n]*?)(?:`|$| +#)/gm),
        ([, line = ""]) => line,
      ),
    ),
  ),
].filter(
  (line) =>
    !/[A-Z[<>…]|\b(?:top|watch|stop|start|reset-failed)\b|^helperctl [a-z-]+$/.test(line) ||
    /^helperctl (?:status|list|check|doctor|log)$/.test(line),
);

test.each(IN_PASSING)("%s is a command line that helperctl understands", async (line) => {
  const { status, stderr } = await testbed.run(["sh", "-c", line], { check: false });
  expect({ understood: status !== 2 && status !== 127, stderr }).toEqual({ understood: true, stderr });
});
