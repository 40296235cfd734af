import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { generate } from "./generators.ts";
import { setStage } from "./stage.ts";

const stage = setStage();
const PROGRAM = "/usr/lib/hub-helper/unit-generator.mjs";

/** Where something could be left, and what the kernel says to that. */
const PLACES: Readonly<Record<string, string>> = {
  "/etc": "EROFS",
  "/etc/systemd/system": "EROFS",
  "/etc/hub-helper": "EROFS",
  "/etc/hub-helper/units": "EROFS",
  "/etc/hub-helper/policy.d": "EROFS",
  "/run": "EROFS",
  "/run/hub-helper": "EROFS",
  "/run/hub-helper/credentials": "EROFS",
  "/run/hub-helper/units": "EROFS",
  "/run/systemd": "EROFS",
  "/run/systemd/transient": "EROFS",
  "/usr": "EROFS",
  "/usr/lib/hub-helper": "EROFS",
  "/usr/lib/systemd/system": "EROFS",
  "/var": "EROFS",
  "/var/lib": "EROFS",
  "/opt": "EROFS",
  "/dev": "EROFS",
  "/tmp": "EACCES",
  "/var/tmp": "EACCES",
  "/dev/shm": "EACCES",
  "/home": "EACCES",
  "/root": "EACCES",
  "/sys/fs/cgroup": "EROFS",
  "/run/systemd/system": "done",
};

let report: Record<string, unknown>;
beforeAll(async () => {
  const { testbed } = stage;
  await testbed.run(["mkdir", "-p", "/run/systemd/transient"]);
  await testbed.copyIn(join(import.meta.dirname, "programs/generator-probe.mjs"), PROGRAM);
  const directories = JSON.stringify(Object.keys(PLACES)).replaceAll('"', '\\"');
  await testbed.write(
    "/run/systemd/system/jupyterhub-unitgenerator@.service.d/probe.conf",
    `[Service]\nEnvironment="PROBE_DIRECTORIES=${directories}"\n`,
  );
  const { said } = await generate(stage, "a-b");
  report = JSON.parse(said.join("")) as Record<string, unknown>;
});

test("in the generator's sandbox nothing can be written but in /run/systemd/system", () => {
  expect(report["writes"]).toEqual(PLACES);
  expect([report["append"], report["rename"], report["makeDirectory"]]).toEqual(["EROFS", "EROFS", "EROFS"]);
});

test("in the generator's sandbox uid 0 has no capability, executes nothing, and turns no data into code", () => {
  expect(report["capabilities"]).toEqual(Array.from({ length: 5 }, () => "0000000000000000"));
  expect([report["spawn"], report["evaluate"]]).toEqual(["EACCES", "EvalError"]);
});

test("in the generator's sandbox there is no network and no home directory, and the name service can be reached", () => {
  expect([report["internet"], report["local"], report["home"]]).toEqual([-1, true, "EACCES"]);
});

test("the generator gets the instance as it stands in the unit's name, escaped, and nothing else", () => {
  expect(report["argv"]).toEqual(["a\\x2db"]);
});
