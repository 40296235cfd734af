import { escapeForUnit } from "../../src/units/escape.ts";
import type { Stage } from "./stage.ts";

export const TEMPLATES = "/etc/hub-helper/units";
export const UNITS = "/run/systemd/system";
const EXAMPLES = "/usr/share/doc/hub-helper/examples/units";
const IDENTIFIER = "hub-helper-unitgenerator";

/** What the policy has for the generator, as docs/units.md shows it. */
export const GENERATOR_POLICY = `
[template.unitgenerator]
unit = "jupyterhub-unitgenerator@{user}.service"
run_as = "root"

[[allow]]
name = "hub-makes-units"
peer = { user = "jupyter" }
methods = ["start", "status"]
templates = ["unitgenerator"]
target = { group = "jupyterhub" }
`;

export const generatorOf = (user: string): string =>
  `jupyterhub-unitgenerator@${escapeForUnit(user)}.service`;

/** What a user's units are called, in the order of the templates. */
export const unitsOf = (user: string): string[] => {
  const name = `jupyterhub-singleuser-${escapeForUnit(user)}`;
  return [`${name}.service`, `${name}.slice`, `${name}@.service`];
};

/** Puts the shipped templates in place, and a server that they run. */
export async function installTemplates({ testbed }: Stage): Promise<void> {
  await testbed.run(["sh", "-c", `rm -rf ${TEMPLATES}; cp -r ${EXAMPLES} /etc/hub-helper/`]);
  await testbed.write("/opt/jupyterhub/bin/jupyterhub-singleuser", "#!/bin/sh\nexec sleep infinity\n", {
    mode: "755",
  });
}

/** A run of the unit, as systemd has it. */
export interface Run {
  /** 0: the start succeeded. */
  readonly status: number | null;
  /** The exit status of the program; null: it succeeded. */
  readonly exitStatus: number | null;
  /** What the program said, a line each. */
  readonly said: readonly string[];
}

/** V8 says so on Node 20 and 22. */
const isNodes = (line: string): boolean => line.includes("disabling flag --expose_wasm");

/** Starts the generator's unit as root does, and reads its journal. */
export async function generate({ testbed }: Stage, user: string): Promise<Run> {
  const unit = generatorOf(user);
  const read = async () => testbed.journal({ unit });
  const before = (await read()).length;
  const { status } = await testbed.run(["systemctl", "start", "--", unit], { check: false });
  const entries = (await read()).slice(before);
  const exit = entries.find(({ EXIT_STATUS }) => EXIT_STATUS !== undefined)?.["EXIT_STATUS"];
  const said = entries.filter((entry) => entry["SYSLOG_IDENTIFIER"] === IDENTIFIER);
  return {
    status,
    exitStatus: exit === undefined ? null : Number(exit),
    said: said.map((entry) => entry["MESSAGE"] ?? "").filter((line) => !isNodes(line)),
  };
}

/** The names in the directory of units, temporary ones too. */
export const unitNames = async ({ testbed }: Stage): Promise<string[]> =>
  (await testbed.run(["ls", "-A", UNITS])).stdout.split("\n").filter((name) => name.includes("hub"));
