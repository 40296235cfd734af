import { expect, test } from "@jest/globals";
import { writePolicy } from "../../testbed/index.ts";
import { HUB, setStage } from "./stage.ts";
import { TAKES_CREDENTIALS } from "./staged.ts";
import { policyOf } from "./world.ts";

const stage = setStage();

/** Each makes some program run or load what a hub chose. */
const STEERING = [
  "SYSTEMD_PAGER",
  "OPENSSL_CONF",
  "SSLKEYLOGFILE",
  "PERLLIB",
  "ZDOTDIR",
  "FPATH",
  "PROMPT_COMMAND",
  "JAVA_TOOL_OPTIONS",
  "LUA_INIT",
  "R_PROFILE_USER",
  "JULIA_LOAD_PATH",
  "GEM_PATH",
  "PIP_INDEX_URL",
  "GIT_SSH_COMMAND",
  "SSH_ASKPASS",
  "LESSOPEN",
  "GIO_EXTRA_MODULES",
  "GTK_MODULES",
  "QT_PLUGIN_PATH",
  "TMP",
  "STATE_DIRECTORY",
  "JOURNAL_STREAM",
  "INVOCATION_ID",
  "JUPYTERHUB_SINGLEUSER_APP",
  "HOSTALIASES",
  "TERMINFO",
  "BASHOPTS",
];
const HARMLESS = ["GIT_AUTHOR_NAME", "GIT_COMMITTER_EMAIL", "JULIA_NUM_THREADS", "QT_SCALE_FACTOR"];

const listing = (...names: readonly string[]): string =>
  policyOf({}).replace('"LANG"', names.map((name) => `"${name}"`).join(", "));

const check = () =>
  stage.testbed.run(["helperctl", "check", "--policy-only", "--json"], { check: false, user: "root" });

test("a policy that lists a name which steers programs is rejected, name by name", async () => {
  await writePolicy(stage.testbed, listing(...STEERING));
  const { status, stdout } = await check();
  expect(status).toBe(1);
  for (const name of STEERING) expect(stdout).toContain(name);
  const { findings } = (JSON.parse(stdout) as { files: { findings: { text: string }[] }[] }).files[0] ?? {
    findings: [],
  };
  expect(findings).toHaveLength(STEERING.length);
  await stage.restartHelper();
  const client = await stage.connect(HUB);
  expect((await client.error("describe")).data).toMatchObject({ code: "unavailable", problem: "policy" });
});

test("harmless members of those families reach the unit", async () => {
  const unit = await stage.server("river", [
    ...TAKES_CREDENTIALS,
    "ExecStart=/usr/lib/hub-helper/exec-with-credentials /bin/sleep infinity",
  ]);
  await writePolicy(stage.testbed, listing(...HARMLESS));
  expect((await check()).status).toBe(0);
  await stage.restartHelper();
  const client = await stage.connect(HUB);
  const env = Object.fromEntries(HARMLESS.map((name) => [name, `value of ${name}`]));
  await client.result("write-credentials", { user: "river", env });
  await client.result("start", { user: "river" });
  const environ = await stage.testbed.read(`/proc/${await stage.property(unit, "MainPID")}/environ`);
  for (const [name, value] of Object.entries(env)) expect(environ.split("\0")).toContain(`${name}=${value}`);
  await client.result("stop", { user: "river" });
});
