import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseUserName } from "../../src/protocol/target.ts";
import { readMarker } from "../../src/unit-generator/marker.ts";
import { parseTemplate } from "../../src/unit-generator/parse-template.ts";
import { Refusal } from "../../src/unit-generator/refusal.ts";
import { renderUnit } from "../../src/unit-generator/render.ts";
import { parseTemplateName } from "../../src/unit-generator/template-name.ts";
import { parseUnitFile } from "../../src/units/unit-file.ts";

const NAME = "hub-{user}.service";
const TEXT = `[Unit]
Description={user} {uid} {home} {unit}
# {home}
[Service]
User={user}
Slice=hub-{unit}.slice
Environment=A={home} "B={user}" C={uid}
ExecStart=/bin/sh -c 'cd {home} && exec "$0" {user} \${HOME} %n' \\
  {home}/bin/{user}
ReadWritePaths={home} -{home}/x
[Install]
`;

const user = fc
  .string({ unit: fc.constantFrom("a", "Z", "0", "-", "_", ".", "@"), minLength: 1, maxLength: 40 })
  .map(parseUserName)
  .filter((name) => name !== null);
const home = fc
  .string({
    unit: fc.oneof(fc.constantFrom("/", "a", "%", ".", "é"), fc.string({ unit: "binary", maxLength: 1 })),
  })
  .map((rest) => `/home/${rest}`);

const shape = (text: string) =>
  parseUnitFile(NAME, text).map(({ section, key, value }) => [section, key, value.split(/\s+/).length]);

test("a unit has the settings of its template and no other, whoever the account is and wherever its home", () => {
  const pieces = parseTemplate(NAME, TEXT);
  const name = parseTemplateName(NAME);
  if ("problems" in pieces || name === null) throw new Error("the template is wrong");
  const template = { path: `/etc/hub-helper/units/${NAME}`, name, pieces };
  let rendered = 0;
  fc.assert(
    fc.property(user, fc.integer({ min: 1000, max: 4294967294 }), home, (who, uid, where) => {
      const account = { name: who, uid, home: where };
      try {
        const { text } = renderUnit(template, account);
        expect(shape(text)).toEqual(shape(TEXT));
        expect(parseUnitFile(NAME, text).find(({ key }) => key === "User")?.value).toBe(who);
        expect(text.split("\n")).toHaveLength(TEXT.split("\n").length + 1);
        expect(readMarker(text)).toEqual({ uid, user: who, template: template.path });
        rendered++;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        expect(error.kind).toBe("data");
      }
    }),
    { numRuns: 5000 },
  );
  expect(rendered).toBeGreaterThan(200);
});
