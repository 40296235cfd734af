import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { escapeForUnit } from "../../src/units/escape.ts";
import {
  GENERATOR_POLICY,
  generate,
  installTemplates,
  TEMPLATES,
  unitNames,
  UNITS,
  unitsOf,
} from "./generators.ts";
import { setStage } from "./stage.ts";

const stage = setStage({ policy: GENERATOR_POLICY });

/** Accounts that make trouble elsewhere. */
const ACCOUNTS = ["zoe", "a-b", "first.last", "x_1", "l".repeat(32)];

const sh = (script: string) => stage.testbed.run(["sh", "-euc", script]);
const wrote = (user: string) => unitsOf(user).map((name) => `wrote ${UNITS}/${name}`);

beforeAll(async () => {
  for (const user of ACCOUNTS.slice(1)) await stage.testbed.addUser(user, { groups: ["jupyterhub"] });
});

beforeEach(async () => {
  await installTemplates(stage);
  await sh(`rm -rf ${UNITS}/jupyterhub-* ${UNITS}/homes-*; systemctl daemon-reload`);
});

describe("a hub that starts the generator and then the servers", () => {
  test.each(ACCOUNTS)("gets units that run as %s, in a slice and a home of its own", async (user) => {
    const hub = await stage.connect();
    const passwd = (await stage.testbed.run(["getent", "passwd", user])).stdout.split(":");
    expect((await hub.error("start", { user })).data.code).toBe("unit-not-found");
    expect(await hub.result("start", { template: "unitgenerator", user })).toMatchObject({
      result: "success",
    });
    for (const server of ["", "gpu-1"]) {
      await hub.result("write-credentials", { user, server, env: { JUPYTERHUB_API_TOKEN: "t" } });
      const { unit } = await hub.result("start", { user, server });
      const name = String(unit);
      expect(await stage.property(name, "User")).toBe(user);
      expect(await stage.property(name, "Slice")).toBe(`jupyterhub-singleuser-${escapeForUnit(user)}.slice`);
      expect(await stage.property(name, "WorkingDirectory")).toBe("~");
      expect(await stage.property(name, "FragmentPath")).toMatch(`${UNITS}/jupyterhub-singleuser-`);
      const pid = await stage.property(name, "MainPID");
      const { stdout } = await stage.testbed.run([
        "sh",
        "-c",
        `stat -c %u /proc/${pid}; readlink /proc/${pid}/cwd`,
      ]);
      expect(stdout.trim().split("\n")).toEqual([passwd[2], passwd[5]]);
      await hub.result("stop", { user, server });
    }
  });

  test("is denied for whom no rule allows it, and nothing is written", async () => {
    const hub = await stage.connect();
    for (const user of ["mallory", "root", "daemon", "nobody-here"]) {
      expect((await hub.error("start", { template: "unitgenerator", user })).data.code).toBe("denied");
    }
    expect(await unitNames(stage)).toEqual([]);
  });

  test("can do so for a whole class at the same moment", async () => {
    const users = Array.from({ length: 40 }, (_, at) => `pupil${at}`);
    await sh(`for user in ${users.join(" ")}; do useradd --no-create-home --groups jupyterhub $user; done`);
    const hub = await stage.connect();
    const started = users.map((user) => hub.result("start", { template: "unitgenerator", user }));
    expect(await Promise.all(started)).toHaveLength(users.length);
    expect((await unitNames(stage)).sort()).toEqual(users.flatMap(unitsOf).sort());
    await sh(`for user in ${users.join(" ")}; do userdel $user; done`);
    expect((await generate(stage, "zoe")).said.filter((line) => line.startsWith("removed"))).toHaveLength(
      120,
    );
    expect((await unitNames(stage)).sort()).toEqual(unitsOf("zoe").sort());
  });
});

describe("the unit", () => {
  test("leaves nothing of itself when it has ended, well or not", async () => {
    await generate(stage, "zoe");
    await generate(stage, "root");
    const list = ["systemctl", "list-units", "--all", "--plain", "--no-legend", "jupyterhub-unitgenerator@*"];
    expect((await stage.testbed.run(list)).stdout).toBe("");
  });

  test("writes again only what has changed, and says what it did", async () => {
    expect(await generate(stage, "zoe")).toEqual({ status: 0, exitStatus: null, said: wrote("zoe") });
    expect(await generate(stage, "zoe")).toEqual({ status: 0, exitStatus: null, said: [] });
    await sh(`echo Nice=5 >>'${TEMPLATES}/jupyterhub-singleuser-{user}.service'`);
    expect((await generate(stage, "zoe")).said).toEqual(wrote("zoe").slice(0, 1));
    expect(await stage.property(unitsOf("zoe")[0] ?? "", "Nice")).toBe("5");
  });

  test("is what helperctl check advises, which then has nothing to say, nor has doctor, nor systemd-analyze", async () => {
    const missing = await check();
    expect(missing.map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
      expect.stringMatching(
        /^warning: there is no unit file yet for .*template unitgenerator, which runs as root/,
      ),
    ]);
    await sh(missing[0]?.mend ?? "");
    await sh(`systemd-analyze verify '${UNITS}/${unitsOf("a-b")[0] ?? ""}'`);
    expect(await check()).toEqual([]);
    const { stdout } = await stage.testbed.run(["helperctl", "doctor", "--json"], { check: false });
    expect(stdout).not.toContain("jupyterhub-");
  });

  test("is not enabled, and its sandbox scores at most 1.0", async () => {
    expect((await sh("systemctl is-enabled jupyterhub-unitgenerator@.service || :")).stdout).toBe("static\n");
    await sh("systemd-analyze security --threshold=10 jupyterhub-unitgenerator@zoe.service");
    const verified = await sh("systemd-analyze verify jupyterhub-unitgenerator@zoe.service");
    expect(verified).toMatchObject({ stdout: "", stderr: "" });
  });
});

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly text: string;
  readonly mend: string | null;
}

/** What `helperctl check` says about units. */
async function check(): Promise<Finding[]> {
  const { stdout } = await stage.testbed.run(["helperctl", "check", "--json"], { check: false });
  const { files } = JSON.parse(stdout) as { files: { findings: Finding[] }[] };
  return files.flatMap(({ findings }) => findings).filter(({ code }) => code.startsWith("unit-"));
}

describe("a home directory", () => {
  const HOMES = `${TEMPLATES}/homes-{user}.service`;
  beforeEach(async () => {
    const lines = [
      "[Service]",
      "Type=oneshot",
      "User={user}",
      "WorkingDirectory={home}",
      "Environment=AT={home}",
      `ExecStart=/bin/sh -c 'printf "%%s\\n" "$0" "$AT" "$PWD" "{home}" "$1"' {home} {uid}`,
      "ReadWritePaths={home}",
      "ProtectSystem=strict",
    ];
    await stage.testbed.write(HOMES, `${lines.join("\n")}\n`);
  });

  test.each([
    ["percent", "/srv/100%/%h%n%%/percent"],
    ["accents", "/srv/é日本/@realm+x"],
  ])("of %s is read by systemd as it is, wherever a template has it", async (user, home) => {
    await sh(`mkdir -p '${home}'; useradd --home-dir '${home}' ${user}; chown ${user} '${home}'`);
    expect((await generate(stage, user)).status).toBe(0);
    const unit = `homes-${user}.service`;
    expect(await stage.property(unit, "WorkingDirectory")).toBe(home);
    await stage.testbed.run(["systemctl", "start", unit]);
    const entries = await stage.testbed.journal({ unit, match: ["_TRANSPORT=stdout"] });
    const uid = (await stage.testbed.run(["id", "-u", user])).stdout.trim();
    expect(entries.map((entry) => entry["MESSAGE"])).toEqual([home, home, home, home, uid]);
  });

  test.each(["/", "/home/a b", "/home/$HOME", "/home/a'b", "/home/a\\x41", "relative", "/home/../etc"])(
    "%j is refused, and nothing is written",
    async (home) => {
      await sh(`useradd --no-create-home odd; sed -i '/^odd:/d' /etc/passwd`);
      await stage.testbed.run([
        "sh",
        "-c",
        'printf "odd:x:4242:4242::%s:/bin/sh\\n" "$1" >>/etc/passwd',
        "sh",
        home,
      ]);
      const { exitStatus, said } = await generate(stage, "odd");
      expect({ exitStatus, said: said.join("\n") }).toEqual({
        exitStatus: 65,
        said: expect.stringMatching(
          /^\/etc\/hub-helper\/units\/homes-\{user\}\.service:\d+:\d+: the home directory of "odd" /,
        ),
      });
      expect(await unitNames(stage)).toEqual([]);
      await sh("sed -i '/^odd:/d' /etc/passwd; groupdel odd");
    },
  );
});

describe("what the generator does not touch", () => {
  test("is a unit file that it did not make, in the place of one of three", async () => {
    const [, , named = ""] = unitsOf("zoe");
    await stage.testbed.write(`${UNITS}/${named}`, "[Service]\nUser=zoe\n");
    expect(await generate(stage, "zoe")).toEqual({
      status: 1,
      exitStatus: 73,
      said: [`${UNITS}/${named} was not made by the unit generator: it stands in the way`],
    });
    expect(await unitNames(stage)).toEqual([named]);
    expect(await stage.testbed.read(`${UNITS}/${named}`)).toBe("[Service]\nUser=zoe\n");
  });

  test("is a unit that an admin has masked", async () => {
    const [service = ""] = unitsOf("zoe");
    await stage.testbed.run(["systemctl", "mask", "--runtime", service]);
    expect((await generate(stage, "zoe")).exitStatus).toBe(73);
    expect((await sh(`readlink ${UNITS}/${service}`)).stdout).toBe("/dev/null\n");
  });

  test("is a server that runs: its account and its file go, and it can be stopped", async () => {
    await stage.testbed.addUser("leaver", { groups: ["jupyterhub"] });
    await generate(stage, "leaver");
    const hub = await stage.connect();
    await hub.result("write-credentials", { user: "leaver", env: {} });
    const { unit } = await hub.result("start", { user: "leaver" });
    const before = await stage.property(String(unit), "MainPID");
    await sh("userdel --force leaver");
    const { said } = await generate(stage, "zoe");
    expect(said.filter((line) => line.startsWith("removed")).sort()).toEqual(
      unitsOf("leaver").map((name) => `removed ${UNITS}/${name}: there is no account "leaver" any more`),
    );
    await sh("systemctl daemon-reload");
    expect(await stage.property(String(unit), "MainPID")).toBe(before);
    expect(await hub.result("stop", { user: "leaver" })).toMatchObject({ activeState: "inactive" });
  });
});

describe("while the last source of accounts is out of reach", () => {
  test("units of accounts that are not found stay, and nobody new gets any", async () => {
    await stage.testbed.addUser("remote");
    await generate(stage, "remote");
    // The module is there, and the servers that it would ask are not.
    await sh("userdel remote; sed -i.saved 's/^passwd:.*/passwd: files hesiod/' /etc/nsswitch.conf");
    expect(await generate(stage, "zoe")).toEqual({ status: 0, exitStatus: null, said: wrote("zoe") });
    expect((await generate(stage, "remote")).exitStatus).toBe(75);
    expect((await unitNames(stage)).sort()).toEqual([...unitsOf("remote"), ...unitsOf("zoe")].sort());
    await sh("mv /etc/nsswitch.conf.saved /etc/nsswitch.conf");
    const { said } = await generate(stage, "zoe");
    expect(said.filter((line) => line.startsWith("removed"))).toHaveLength(3);
  });
});

describe("a link", () => {
  test.each([
    ["the directory of the configuration", "/etc/hub-helper", 78],
    ["the directory of the templates", TEMPLATES, 78],
    ["a template", `${TEMPLATES}/jupyterhub-singleuser-{user}.service`, 78],
    ["the directory of the units", UNITS, 71],
    ["a unit", `${UNITS}/jupyterhub-singleuser-zoe.service`, 73],
  ])("in the place of %s is not followed", async (_, path, status) => {
    await sh(
      `rm -rf /opt/aside; mkdir /opt/aside; touch '${path}'; mv '${path}' /opt/aside/real; ln -s /opt/aside/real '${path}'`,
    );
    const before = (await sh("find /opt/aside -printf '%p %i %s %C@\\n' | sort")).stdout;
    const { exitStatus, said } = await generate(stage, "zoe");
    expect({ exitStatus, said: said.join() }).toEqual({
      exitStatus: status,
      said: expect.stringContaining("is a symbolic link"),
    });
    expect((await sh("find /opt/aside -printf '%p %i %s %C@\\n' | sort")).stdout).toBe(before);
    await sh(`rm '${path}'; mv /opt/aside/real '${path}'`);
  });
});
