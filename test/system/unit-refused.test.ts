import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";
import { unitFile } from "./world.ts";

const stage = setStage();
const MARK = "/tmp/ran";
const touch = (prefix: string): string => `${prefix}/usr/bin/touch ${MARK}`;

interface Case {
  readonly service?: readonly string[];
  /** What is done to the unit's file, or beside it. */
  readonly then?: (unit: string, path: string, user: string) => readonly string[];
  readonly problem: RegExp;
}

const inDropIn = (content: string, after: string) => (_unit: string, path: string) => [
  "sh",
  "-c",
  `mkdir ${path}.d && printf '%s' '${content}' >${path}.d/50-more.conf && ${after.replaceAll("%", `${path}.d`)}`,
];

const CASES: Record<string, Case> = {
  "is masked": { then: (_, path) => ["ln", "-sf", "/dev/null", path], problem: /masked/ },
  "runs as another account": { service: ["User=wash"], problem: /User= is not the account/ },
  "runs as root": { service: ["User=root"], problem: /User= is not the account/ },
  "runs as uid 0": { service: ["User=0"], problem: /User= is not the account/ },
  "has no User=": { service: ["User="], problem: /User= is not the account/ },
  "has a User= that is nobody's": { service: ["User=no-such-account"], problem: /User= is not an account/ },
  "has DynamicUser=": { service: ["DynamicUser=yes"], problem: /DynamicUser=/ },
  "has an ExecStart= with +": { service: [`ExecStart=${touch("+")}`], problem: /ExecStart=.*\+/ },
  "has an ExecStart= with !": { service: [`ExecStart=${touch("!")}`], problem: /ExecStart=.*!/ },
  "has an ExecStart= with -+": { service: [`ExecStart=${touch("-+")}`], problem: /ExecStart=.*\+/ },
  "has an ExecStartPre= with +": { service: [`ExecStartPre=${touch("+")}`], problem: /ExecStartPre=.*\+/ },
  "has an ExecStopPost= with +": { service: [`ExecStopPost=${touch("+")}`], problem: /ExecStopPost=.*\+/ },
  "has PermissionsStartOnly=": {
    service: ["PermissionsStartOnly=yes", "ExecStartPre=/usr/bin/touch /run/ran"],
    problem: /PermissionsStartOnly=/,
  },
  "has a file that its group may write": {
    then: (_, path) => ["chmod", "664", path],
    problem: /writable by others/,
  },
  "has a file that everybody may write": {
    then: (_, path) => ["chmod", "646", path],
    problem: /writable by others/,
  },
  "has a file of another account": {
    then: (_, path, user) => ["chown", user, path],
    problem: /does not belong to root/,
  },
  "has a file behind a link in an account's home": {
    then: (unit, path, user) => [
      "sh",
      "-c",
      `mv ${path} /home/${user}/${unit} && ln -s /home/${user}/${unit} ${path}`,
    ],
    problem: /does not belong to root|cannot be read/,
  },
  "has a drop-in of another account": {
    then: inDropIn("[Service]\nNice=5\n", "chown wash %/50-more.conf"),
    problem: /50-more.conf does not belong to root/,
  },
  "has a drop-in in a directory that others may write": {
    then: inDropIn("[Service]\nNice=5\n", "chmod 777 %"),
    problem: /\.d is writable by others/,
  },
  "has a drop-in that makes it run as root": {
    then: inDropIn("[Service]\nUser=root\n", "true"),
    problem: /User= is not the account/,
  },
  "is transient": {
    then: (unit, path, user) => [
      "sh",
      "-c",
      `rm ${path} && systemd-run --unit=${unit} --property=User=${user} --remain-after-exit true`,
    ],
    problem: /transient/,
  },
  "is an alias of another unit": {
    then: (_, path) => [
      "sh",
      "-c",
      `mv ${path} /etc/systemd/system/other.service && ln -s other.service ${path}`,
    ],
    problem: /alias/,
  },
  "has a file that systemd cannot read": {
    service: ["Type=nonsense", "ExecStart="],
    problem: /could not load/,
  },
};

test.each(Object.entries(CASES).map(([name, each], at) => [name, each, `user${at}`] as const))(
  "a unit that %s is refused, says why, and is not touched",
  async (_, { service = [], then, problem }, user) => {
    const { testbed } = stage;
    const unit = await stage.server(user, service);
    if (then) await testbed.run(then(unit, `/etc/systemd/system/${unit}`, user));
    const before = await stage.property(unit, "InvocationID");
    const client = await stage.connect();
    for (const method of ["start", "write-credentials"]) {
      const { data } = await client.error(method, { user });
      expect(data).toEqual({ code: "unit-refused", unit, problem: expect.stringMatching(problem) });
    }
    expect(await stage.property(unit, "InvocationID")).toBe(before);
    expect(await testbed.exists(MARK)).toBe(false);
    for (const room of ["credentials", "units", "sets"]) {
      expect(await testbed.exists(`/run/hub-helper/${room}/${unit}`)).toBe(false);
    }
  },
);

/** Since 258 systemd ignores the prefix, and its properties show none. */
test("a unit that has an ExecStart= with !! is refused, or runs as its account where systemd ignores the prefix", async () => {
  const { testbed } = stage;
  const unit = await stage.server("loud", ["Type=oneshot", `ExecStart=${touch("!!")}`]);
  const { stdout } = await testbed.run(["systemctl", "show", "--property=ExecStartEx", unit]);
  const client = await stage.connect();
  if (/flags=[^;]*ambient/.test(stdout)) {
    const { data } = await client.error("start", { user: "loud" });
    expect(data).toEqual({ code: "unit-refused", unit, problem: expect.stringMatching(/ExecStart=.*!!/) });
    expect(await testbed.exists(MARK)).toBe(false);
  } else {
    await client.result("start", { user: "loud" });
    expect((await testbed.run(["stat", "--format=%U", MARK])).stdout).toBe("loud\n");
    await testbed.run(["rm", MARK]);
  }
});

test("a unit without a file is not found, for start and write-credentials alone", async () => {
  await stage.testbed.addUser("fileless", { groups: ["jupyterhub"] });
  const unit = "jupyterhub-singleuser-fileless.service";
  const client = await stage.connect();
  for (const method of ["start", "write-credentials"]) {
    expect((await client.error(method, { user: "fileless" })).data).toEqual({ code: "unit-not-found", unit });
  }
  for (const method of ["stop", "reset-failed", "status"]) {
    expect(await client.result(method, { user: "fileless" })).toMatchObject({ unit, loadState: "not-found" });
  }
});

test("a broken unit file does not keep the hub from ending a server", async () => {
  const unit = await stage.server("spoilt");
  const client = await stage.connect();
  await client.result("start", { user: "spoilt" });
  await stage.testbed.write(`/etc/systemd/system/${unit}`, unitFile("spoilt", ["User=root"]), {
    mode: "666",
  });
  await stage.testbed.run(["systemctl", "daemon-reload"]);
  expect((await client.error("start", { user: "spoilt" })).data.code).toBe("unit-refused");
  expect(await client.result("stop", { user: "spoilt" })).toMatchObject({ unit, activeState: "inactive" });
});
