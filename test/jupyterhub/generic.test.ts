import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { addAccounts } from "./many-accounts.ts";
import { bootJupyterHub, PROJECT } from "./world.ts";

jest.setTimeout(600_000);

const SOURCES = join(PROJECT, "integrations/jupyterhub/tests/generic");
const PYTHON = "/opt/jupyterhub/bin/python3";
/** Where the package "generic" is. */
const TESTS = "/opt/tests";
const FILES = ["spawner", "named_servers", "api", "app", "pages", "internal_ssl_connections"];
/** Older JupyterHubs leave files where their tests are run. */
const HOME = "/var/lib/jupyter-tests";

/** What the tests' servers are: one that answers as JupyterHub's own mock does. */
const LIGHT_SERVER = `
[Service]
ExecStart=
ExecStart=/usr/lib/hub-helper/exec-with-credentials /usr/bin/python3 -I -S ${TESTS}/generic/light_server.py
`;
/** What tests look for in a server's environment. */
const VARIABLES = [
  "HANDLER_ARGS",
  "ENERGY",
  "JUPYTERHUB_SSL_CERTFILE",
  "JUPYTERHUB_SSL_CLIENT_CA",
  "JUPYTERHUB_SSL_KEYFILE",
];

/** No time to settle: servers start a hundred times here, and what they die of is tested elsewhere. */
const policy = (shipped: string): string =>
  shipped
    .replace("settle_ms = 500", "settle_ms = 0")
    .replace('"JPY_API_TOKEN",', `"JPY_API_TOKEN",\n${VARIABLES.map((name) => `"${name}",`).join("\n")}`);

/** What c.JupyterHub.spawner_class = "hub-helper" stands for. */
const RESOLVE = `
from jupyterhub.app import JupyterHub
from traitlets.config import Config
print(JupyterHub(config=Config({"JupyterHub": {"spawner_class": "hub-helper"}})).spawner_class)
`;

async function prepare(testbed: Testbed): Promise<void> {
  await testbed.copyIn(SOURCES, `${TESTS}/generic`);
  const env = { PYTHONPATH: TESTS };
  const { stdout } = await testbed.run([PYTHON, "-B", "-m", "generic.accounts"], { env });
  await addAccounts(testbed, stdout.trim().split("\n"));
  await testbed.run(["usermod", "--append", "--groups=hub-helper", "jupyter"]);
  await testbed.write("/etc/systemd/system/jupyterhub-singleuser-.service.d/50-light.conf", LIGHT_SERVER);
  await testbed.run(["install", "--directory", "--owner=jupyter", HOME]);
  await testbed.run(["systemctl", "daemon-reload"]);
}

/** pytest as the account of a hub. JupyterHub 4 calls its user what getpass.getuser() says. */
const runTests = (testbed: Testbed): ReturnType<Testbed["run"]> =>
  testbed.run(
    [
      ...[PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-p", "generic.plugin"],
      ...["-c", `${TESTS}/generic/pytest.ini`, "-q", "--durations=10", "--pyargs"],
      ...FILES.map((name) => `jupyterhub.tests.test_${name}`),
    ],
    {
      user: "jupyter",
      cwd: HOME,
      env: { PYTHONPATH: TESTS, HOME, LOGNAME: "user", PATH: "/opt/jupyterhub/bin:/usr/bin:/bin" },
      check: false,
      timeoutMs: 500_000,
    },
  );

test.each((process.env["JUPYTERHUB_VERSIONS"] ?? "6 5 4").split(" "))(
  "JupyterHub %s finds our spawner by its name, and its own tests of spawners pass with it",
  async (version) => {
    await using testbed = await bootJupyterHub({ version, users: [], policy });
    const { stdout: found } = await testbed.run([PYTHON, "-B", "-c", RESOLVE]);
    expect(found.trim()).toBe("<class 'hubhelper_spawner.spawner.HubHelperSpawner'>");
    await prepare(testbed);
    const { status, stdout, stderr } = await runTests(testbed);
    const summary = /^JupyterHub .* do not apply$/m.exec(stdout)?.[0];
    if (status !== 0 || summary === undefined) throw new Error(stdout + stderr);
    process.stdout.write(`${summary}\n`);
    expect(summary).toMatch(/: (\d+) of \1 /);
  },
);
