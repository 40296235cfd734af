import { expect, test } from "@jest/globals";
import {
  becomeRootHub,
  classOf,
  logInTogether,
  prepareClass,
  spreadOf,
  type LogIn,
} from "../../bench/jupyterhub/class.ts";
import { callHub } from "./hub-api.ts";
import { setJupyterStage } from "./stage.ts";

const CLASS = classOf(50);
const stage = setJupyterStage({ users: CLASS, prepare: prepareClass });

/** How they do is for whoever reads it: what is asserted is about ours alone. */
const report = (name: string, logIns: LogIn[], servers: number): void => {
  const { median, slowest } = spreadOf(logIns.filter(({ failure }) => failure === undefined));
  process.stderr.write(
    `50 log-ins at once, ${name}: median ${median} ms, slowest ${slowest} ms, ${servers} servers run\n`,
  );
};

const failures = (logIns: LogIn[]): unknown[] => logIns.filter(({ failure }) => failure !== undefined);

async function running(pattern: string): Promise<number> {
  const list = ["systemctl", "list-units", "--state=active", "--plain", "--no-legend", pattern];
  return (await stage.testbed.run(list)).stdout.split("\n").filter(Boolean).length;
}

test("a class of fifty logs in at the same moment, and all servers run; beside it, a hub that is root", async () => {
  const ours = await logInTogether(stage.testbed, CLASS);
  const servers = await running("jupyterhub-singleuser-student*.service");
  report("hub-helper", ours, servers);
  expect(failures(ours)).toEqual([]);
  expect(servers).toBe(50);
  await Promise.all(CLASS.map((user) => callHub(stage.testbed, "DELETE", `/users/${user}/server`)));

  await becomeRootHub(stage.testbed);
  const theirs = await logInTogether(stage.testbed, CLASS);
  report("systemdspawner under a root hub", theirs, await running("root-hub-student*.service"));
});
