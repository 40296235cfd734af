// Names that the helper, the unit files, the generator, the spawner and systemd each derive by themselves.
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ROOMS } from "../../src/helper/credentials/rooms.ts";
import { SET_LINE, setPathOf } from "../../src/units/credential-path.ts";
import { escapeForUnit } from "../../src/units/escape.ts";
import { generate, GENERATOR_POLICY, installTemplates, TEMPLATES, unitsOf } from "./generators.ts";
import type { RawClient } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { PROJECT } from "./world.ts";
import { CREDENTIALS, RUN } from "./staged.ts";

const EXAMPLES = "/usr/share/doc/hub-helper/examples";
const SOCKETS = `${EXAMPLES}/jupyterhub/unix-sockets/server.conf`;
const DROP_INS = "/etc/systemd/system/jupyterhub-singleuser-.service.d";
const SPAWNER = "/opt/hub-helper-spawner";

/** `a-b` and `ax2db` meet where a backslash is lost, `a-b` and `a` where a slice nests. */
const ACCOUNTS = ["a", "a-b", "ax2db", "x-y", "first.last", "u@realm"];
const SERVERS = ["", "gpu-1", "gpux2d1", "t\u00e4st", "ta\u0308st"];

const stage = setStage({
  limits: { verbs_per_second: 5000, verbs_burst: 5000 },
  policy: GENERATOR_POLICY,
});
const sh = (script: string, ...args: string[]) =>
  stage.testbed.run(["sh", "-euc", script, "derived", ...args]);

interface Server {
  readonly user: string;
  readonly server: string;
  readonly unit: string;
}

const serverOf = (user: string, server: string): Server => {
  const instance = server === "" ? "" : `@${escapeForUnit(server)}`;
  return { user, server, unit: `jupyterhub-singleuser-${escapeForUnit(user)}${instance}.service` };
};
const SERVERS_OF_ALL = ACCOUNTS.flatMap((user) => SERVERS.map((server) => serverOf(user, server)));
const units = SERVERS_OF_ALL.map(({ unit }) => unit);

/** Listens on the path of its argument, and says where it was told to and what it was told. */
const LISTENER = `#!/usr/bin/python3
import os, socket, sys
path = next(word.partition("=")[2] for word in sys.argv if word.startswith("--ServerApp.sock="))
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen()
print("listening", os.environ["JUPYTERHUB_USER"], os.environ["JUPYTERHUB_SERVER_NAME"], flush=True)
while True:
    connection, _ = listener.accept()
    connection.sendall(f"{os.environ['JUPYTERHUB_USER']}/{os.environ['JUPYTERHUB_SERVER_NAME']}".encode())
    connection.close()
`;

/** What the spawner makes of the names of units: its own module, without the rest of it. */
const PATHS = `
import json, runpy, sys
path_of = runpy.run_path("${SPAWNER}/unit_names.py")["path_of"]
print(json.dumps([path_of(unit[: -len(".service")]) for unit in json.load(sys.stdin)]))
`;

async function spawnersPaths(): Promise<string[]> {
  const { stdout } = await stage.testbed.run(["python3", "-c", PATHS], { input: JSON.stringify(units) });
  return JSON.parse(stdout) as string[];
}

let client: RawClient;

beforeAll(async () => {
  const { testbed } = stage;
  for (const user of ACCOUNTS)
    await sh('useradd --badname --user-group --create-home --groups=jupyterhub "$1"', user);
  await testbed.copyIn(join(PROJECT, "integrations/jupyterhub/hubhelper_spawner"), SPAWNER);
  await installTemplates(stage);
  await testbed.write("/opt/jupyterhub/bin/jupyterhub-singleuser", LISTENER, { mode: "755" });
  await sh(`install -D -m 644 ${SOCKETS} ${DROP_INS}/50-socket.conf`);
});

beforeEach(async () => {
  client = await stage.connect();
});

afterAll(async () => {
  await sh(`systemctl stop 'jupyterhub-singleuser-*'; rm -rf ${DROP_INS} ${TEMPLATES} ${SPAWNER}`);
});

test("the generator, add-user-units, systemd-escape and the helper name the units of an account alike", async () => {
  const made = await sh(
    `mkdir /root/made; UNITS=/root/made ${EXAMPLES}/add-user-units "$@" >/dev/null; cd /root/made; ls -A; rm -r /root/made`,
    ...ACCOUNTS,
  );
  const expected = ACCOUNTS.flatMap(unitsOf).sort();
  expect(made.stdout.trimEnd().split("\n").sort()).toEqual(expected);
  for (const user of ACCOUNTS) {
    expect(await generate(stage, user)).toMatchObject({ exitStatus: null });
    const { stdout } = await stage.testbed.run(["systemd-escape", "--", user]);
    expect(stdout).toBe(`${escapeForUnit(user)}\n`);
  }
  const states = await Promise.all(
    SERVERS_OF_ALL.map(({ user, server }) => client.result("status", { user, server })),
  );
  expect(states.map(({ unit, loadState }) => [unit, loadState])).toEqual(
    units.map((unit) => [unit, "loaded"]),
  );
});

describe("servers that listen on sockets", () => {
  beforeAll(async () => {
    const hub = await stage.connect();
    for (const user of ACCOUNTS) await generate(stage, user);
    await Promise.all(
      SERVERS_OF_ALL.map(async ({ user, server }) => {
        await hub.result("write-credentials", { user, server, env: { JUPYTERHUB_API_TOKEN: "t" } });
        await hub.result("start", { user, server });
      }),
    );
  });

  test("are each found at the path that the spawner derives", async () => {
    const paths = await spawnersPaths();
    expect(paths).toEqual(units.map(setPathOf));
    expect(new Set(paths).size).toBe(units.length);
    const ask = `
import json, socket, sys, time
for path in json.load(sys.stdin):
    while True:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect("/run/hub-sockets/" + path + "/server.sock")
            except (FileNotFoundError, ConnectionRefusedError):
                time.sleep(0.05)
                continue
            print(json.dumps(connection.makefile().read()))
            break
`;
    const { stdout } = await stage.testbed.run(["python3", "-c", ask], { input: JSON.stringify(paths) });
    const answers = stdout.trimEnd().split("\n");
    expect(answers.map((line) => JSON.parse(line) as string)).toEqual(
      SERVERS_OF_ALL.map(({ user, server }) => `${user}/${server}`),
    );
    const script = 'for path; do stat -c "%U %a" "/run/hub-sockets/$path"; done';
    const { stdout: access } = await sh(script, ...paths);
    expect(access.trimEnd().split("\n")).toEqual(SERVERS_OF_ALL.map(({ user }) => `${user} 755`));
  });

  test("find their credentials where the spawner says that they are", async () => {
    const script = `for unit; do pid=$(systemctl show -P MainPID "$unit"); tr '\\0' '\\n' </proc/$pid/environ | grep ^CREDENTIALS_DIRECTORY=; done`;
    const { stdout } = await sh(script, ...units);
    expect(stdout.trimEnd().split("\n")).toEqual(
      units.map((unit) => `CREDENTIALS_DIRECTORY=/run/credentials/${unit}`),
    );
  });

  test("lie in the slice of their account, which no other account's slice holds", async () => {
    const { stdout } = await sh('for unit; do systemctl show -P ControlGroup "$unit"; done', ...units);
    expect(stdout.trimEnd().split("\n")).toEqual(
      SERVERS_OF_ALL.map(({ user, unit }) => {
        const slice = `jupyterhub-singleuser-${escapeForUnit(user)}.slice`;
        return `/jupyterhub.slice/jupyterhub-singleuser.slice/${slice}/${unit}`;
      }),
    );
  });

  test("have descriptions with the account and the server as they are written", async () => {
    const { stdout } = await sh('for unit; do systemctl show -P Description "$unit"; done', ...units);
    expect(stdout.trimEnd().split("\n")).toEqual(
      SERVERS_OF_ALL.map(({ user, server }) =>
        server === "" ? `Jupyter server of ${user}` : `Jupyter server "${server}" of ${user}`,
      ),
    );
  });

  test("are each listed once, by their accounts and names", async () => {
    const { units: listed } = await client.result("list", {});
    const found = (listed as Record<string, unknown>[]).map(({ unit, user, server, activeState }) => ({
      unit,
      user,
      server,
      activeState,
    }));
    const byUnit = (a: { unit: unknown }, b: { unit: unknown }) => (String(a.unit) < String(b.unit) ? -1 : 1);
    expect(found.sort(byUnit)).toEqual(
      SERVERS_OF_ALL.map((each) => ({ ...each, activeState: "active" })).sort(byUnit),
    );
  });

  test("have lines in the journal that show gives for them alone", async () => {
    await stage.testbed.run(["journalctl", "--sync"]);
    const some = SERVERS_OF_ALL.filter(({ user }) => ["a-b", "ax2db", "u@realm"].includes(user));
    for (const { user, server, unit } of some) {
      const args = ["helperctl", "show", "--json", user, ...(server === "" ? [] : [server])];
      const { stdout } = await stage.testbed.run(args);
      const { journal } = JSON.parse(stdout) as { journal: { message: string }[] };
      const said = journal.map(({ message }) => message).filter((text) => text.startsWith("listening "));
      expect({ unit, said }).toEqual({ unit, said: [`listening ${user} ${server}`.trimEnd()] });
      const asked = await stage.testbed.run([
        "journalctl",
        "-q",
        "-o",
        "cat",
        `--unit=${unit}`,
        "--grep=^listening",
      ]);
      expect(asked.stdout.trimEnd().split("\n")).toEqual(said);
    }
  });

  test("stop one by one, and a watch reports each of them under its own name", async () => {
    await client.result("watch");
    const left = [...SERVERS_OF_ALL];
    for (const { user, server, unit } of SERVERS_OF_ALL) {
      expect(await client.result("stop", { user, server })).toMatchObject({ unit, activeState: "inactive" });
      left.shift();
      const isIt = ({ unit: changed }: Record<string, unknown>): boolean => {
        const state = changed as Record<string, unknown>;
        return state["unit"] === unit && state["activeState"] === "inactive";
      };
      const { params } = await client.notification("unit-changed", isIt);
      expect(params?.["unit"]).toMatchObject({ user, server });
      const { units: listed } = await client.result("list");
      expect((listed as { unit: string }[]).map((each) => each.unit).sort()).toEqual(
        left.map((each) => each.unit).sort(),
      );
    }
  });
});

describe("a template of the generator with the line of older versions", () => {
  test.each(["%n", "%N", "%p"])(
    "(%s) is found before a unit is made from it, and the command fixes it",
    async (old) => {
      const file = `${TEMPLATES}/jupyterhub-singleuser-{user}@.service`;
      await installTemplates(stage);
      await sh('sed -i "s|credentials/%P@%I|credentials/$1|" "$2"', old, file);
      const check = async () => {
        const { stdout } = await stage.testbed.run(["helperctl", "check", "--json"], { check: false });
        const { files } = JSON.parse(stdout) as { files: { findings: Record<string, unknown>[] }[] };
        return files.flatMap(({ findings }) => findings).filter(({ code }) => code === "template-old-line");
      };
      const found = await check();
      expect(found).toMatchObject([{ severity: "error", file, line: 15 }]);
      expect(found[0]?.["text"]).toContain(SET_LINE);
      await sh(String(found[0]?.["mend"]));
      expect(await check()).toEqual([]);
      expect((await sh('cat "$1"', file)).stdout).toContain(`\n${SET_LINE}\n`);
    },
  );
});

describe("doctor", () => {
  const TARGET = { user: "a-b", server: "gpu-1" };
  const SET = `${CREDENTIALS}/jupyterhub/singleuser/a-b@gpu-1`;

  beforeAll(async () => {
    await generate(stage, TARGET.user);
  });

  interface Found {
    readonly code: string;
    readonly file: string;
    readonly mend: string;
  }

  async function findings(): Promise<Found[]> {
    const { stdout } = await stage.testbed.run(["helperctl", "doctor", "--json"], { check: false });
    const { findings: found } = JSON.parse(stdout) as { findings: Found[] };
    return found.filter(({ code }) => code.startsWith("staging-"));
  }

  test.each([
    ["the owner of a directory above a set", `chown a ${CREDENTIALS}/jupyterhub`, "owner", "/jupyterhub"],
    [
      "the mode of a directory above a set",
      `chmod 770 ${CREDENTIALS}/jupyterhub/singleuser`,
      "writable",
      "/jupyterhub/singleuser",
    ],
    ["the mode of a set", `chmod 755 ${SET}`, "mode", "/jupyterhub/singleuser/a-b@gpu-1"],
    ["the owner of a file", `chown a ${SET}/env`, "owner", "/jupyterhub/singleuser/a-b@gpu-1/env"],
    [
      "a link in a set",
      `ln -s /etc/shadow ${SET}/keyfile`,
      "kind",
      "/jupyterhub/singleuser/a-b@gpu-1/keyfile",
    ],
    ["a link beside a set", `ln -s /root ${CREDENTIALS}/jupyterhub/other`, "kind", "/jupyterhub/other"],
  ])("sees %s, and the command fixes it", async (_, breaks, fault, path) => {
    await client.result("write-credentials", { ...TARGET, env: { JUPYTERHUB_API_TOKEN: "t" } });
    expect(await findings()).toEqual([]);
    await sh(breaks);
    const found = await findings();
    expect(found.map(({ code, file }) => [code, file])).toEqual([
      [`staging-${fault}`, `${CREDENTIALS}${path}`],
    ]);
    await sh(found[0]?.mend ?? "false");
    expect(await findings()).toEqual([]);
    await client.result("remove-credentials", TARGET);
    expect((await sh(`cd ${RUN}; ls -d "$@"`, ...ROOMS)).stdout.trimEnd().split("\n")).toHaveLength(
      ROOMS.length,
    );
  });
});
