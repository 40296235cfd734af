import { describe, expect, test } from "@jest/globals";
import type { Complaint, LoadedUnit, Mend } from "../../../src/helperctl/check/complaint.ts";
import { spotOf } from "../../../src/helperctl/check/complaint.ts";
import { gather } from "../../../src/helperctl/check/gather.ts";
import { sharedUser } from "../../../src/helperctl/check/shared-dropin.ts";
import { lastOf, parseUnitFile } from "../../../src/units/unit-file.ts";
import type { Template } from "../../../src/policy/types.ts";
import type { UserName } from "../../../src/protocol/target.ts";
import { parsePattern, renderPattern } from "../../../src/units/pattern.ts";
import type { ServerName } from "../../../src/protocol/target.ts";
import { policyOf, SAMPLE } from "../../policy/support.ts";
import { rawUnit } from "../../units/raw-units.ts";

const ETC = "/etc/systemd/system";

async function templateOf(unit: string): Promise<Template> {
  const [template] = (await policyOf(SAMPLE)).templates.values();
  const pattern = parsePattern(unit, ["user"]);
  if (template === undefined || typeof pattern === "string") throw new Error(`${unit} is no pattern`);
  return { ...template, unit: pattern, namedUnit: null };
}

interface Files {
  /** The name of its own file, where that is not its name. */
  readonly file?: string;
  readonly dropins?: Readonly<Record<string, string>>;
}

function unitOf(template: Template, user: string, { file, dropins = {} }: Files = {}): LoadedUnit {
  const name = renderPattern(template.unit, { user: user as UserName, server: "" as ServerName });
  if (name === null) throw new Error(`${user} is too long`);
  return {
    name,
    label: name,
    user: user as UserName,
    template,
    isTarget: true,
    isThere: true,
    raw: rawUnit({ Id: name, FragmentPath: `${ETC}/${file ?? name}` }),
    properties: {},
    around: null,
    ground: { systemdVersion: 257, account: null },
    assignments: Object.entries(dropins).flatMap(([path, text]) => parseUnitFile(path, text)),
    unread: [],
  };
}

const complaint = (unit: LoadedUnit, mend: Mend): Complaint => ({
  code: "unit-user",
  severity: "error",
  unit,
  problem: `it is wrong for ${unit.user}`,
  general: "it is wrong",
  at: spotOf(lastOf(unit.assignments, "User")) ?? { file: unit.raw.FragmentPath },
  mend,
});

const wrongUser = (unit: LoadedUnit): Complaint =>
  complaint(unit, { kind: "set", key: "User", value: unit.user, shared: sharedUser(unit) });

const MANY = Array.from({ length: 400 }, (_, at) => `student${at}`);

test("the same fault of four hundred units is one finding, which names two of them", async () => {
  const template = await templateOf("jupyterhub-singleuser-{user}.service");
  const [found, ...more] = gather(MANY.map((user) => wrongUser(unitOf(template, user))));
  expect(more).toEqual([]);
  expect(found?.text).toBe("400 units (of student0, student1 and 398 more), each: it is wrong");
  expect(found?.units).toHaveLength(400);
  expect(found?.mend).toBe(
    `printf '%s\\n' '[Service]' User=%J | install -D -m 0644 /dev/stdin ${ETC}/jupyterhub-singleuser-.service.d/50-user.conf && systemctl daemon-reload`,
  );
});

test("instances of one file are mended beside it, each as its own account", async () => {
  const template = await templateOf("notebook@{user}.service");
  const [found] = gather(
    MANY.map((user) => wrongUser(unitOf(template, user, { file: "notebook@.service" }))),
  );
  expect(found?.mend).toContain(" User=%I | install");
  expect(found?.mend).toContain(`${ETC}/notebook@.service.d/50-user.conf`);
});

test("one instance of many is mended for all of them, too", async () => {
  const template = await templateOf("notebook@{user}.service");
  const [found] = gather([wrongUser(unitOf(template, "zoe", { file: "notebook@.service" }))]);
  expect(found?.mend).toContain(" User=%I | install");
});

test("a name that is escaped is quoted in the command", async () => {
  const template = await templateOf("jupyterhub-singleuser-{user}.service");
  const [found] = gather([wrongUser(unitOf(template, "ann-lee"))]);
  expect(found?.mend).toContain(`'${ETC}/jupyterhub-singleuser-ann\\x2dlee.service.d/50-user.conf'`);
});

describe("a drop-in that sets the same", () => {
  const mendWith = async (path: string): Promise<{ mend?: string | null; text?: string }> => {
    const template = await templateOf("jupyterhub-singleuser-{user}.service");
    const unit = unitOf(template, "zoe", { dropins: { [path]: "[Service]\nUser=root\n" } });
    return gather([wrongUser(unit)])[0] ?? {};
  };

  test("is overruled where it comes earlier", async () => {
    const { mend } = await mendWith(`${ETC}/jupyterhub-singleuser-.service.d/10-user.conf`);
    expect(mend).toContain("50-user.conf");
  });

  test.each(["50-user.conf", "90-user.conf"])("is pointed at where it comes later: %s", async (name) => {
    const path = `${ETC}/jupyterhub-singleuser-.service.d/${name}`;
    const { mend, text } = await mendWith(path);
    expect(mend).toBeNull();
    expect(text).toContain(`it is set in ${path}:2`);
  });
});

test("commands that mend several units are joined, unless they are more than a line", async () => {
  const template = await templateOf("jupyterhub-singleuser-{user}.service");
  const unmask = (user: string): Complaint => {
    const unit = unitOf(template, user);
    return complaint(unit, { kind: "run", commands: [["systemctl", "unmask", unit.name]] });
  };
  expect(gather(["zoe", "wash"].map(unmask))[0]?.mend).toBe(
    "systemctl unmask jupyterhub-singleuser-zoe.service && systemctl unmask jupyterhub-singleuser-wash.service",
  );
  expect(gather(MANY.map(unmask))[0]?.mend).toBeNull();
});
