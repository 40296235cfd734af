import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { DoctorJson } from "../../src/helperctl/doctor/json.ts";
import { MORE, TEN } from "./misconfigured-rows.ts";
import { followReadme } from "./misconfigured-world.ts";
import { setStage } from "./stage.ts";

type Found = DoctorJson["findings"][number];

const stage = setStage();

/** Where the sources lie in the testbed: an admin stands there for scripts/install. */
const SOURCES = "/opt/hub-helper";

const shell = (script: string) => stage.testbed.run(["sh", "-c", `cd ${SOURCES} && set -e\n${script}`]);

async function examine(): Promise<readonly Found[]> {
  const { stdout } = await stage.testbed.run(["helperctl", "doctor", "--json"], { check: false });
  return (JSON.parse(stdout) as DoctorJson).findings;
}

const keyOf = ({ check, code, severity, text }: Found): string => `${check}: ${code}: ${severity}: ${text}`;

let healthy: readonly string[];
beforeAll(async () => {
  await followReadme(stage.testbed);
  healthy = (await examine()).map(keyOf);
});

// Nobody restarts a socket as often as these do in ten seconds, which systemd would refuse.
beforeEach(async () => {
  await stage.testbed.run(["systemctl", "reset-failed"]);
});

/** What was not found of the healthy world. */
const findNews = async (): Promise<Found[]> =>
  (await examine()).filter((finding) => !healthy.includes(keyOf(finding)));

const codesOf = (findings: readonly Found[]): string[] => findings.map(({ code }) => code).toSorted();

test("nothing is wrong with an installation as the README leads to it", async () => {
  const findings = await examine();
  expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  const { status, stdout } = await stage.testbed.run(["helperctl", "doctor", "--strict"], { check: false });
  expect(stdout).toContain("0 errors, 0 warnings");
  expect(status).toBe(0);
});

describe.each([
  ["of the ten", TEN],
  ["beyond the ten", MORE],
])("%s", (_, rows) => {
  test.each(rows)(
    "the doctor names it and mends it: $what",
    async ({ breaks, code, also = [], leaves = [], then }) => {
      await shell(breaks);
      const news = await findNews();
      expect(codesOf(news)).toEqual([code, ...also].toSorted());

      const finding = news.find((each) => each.code === code);
      await shell(finding?.mend ?? "false");
      expect(codesOf(await findNews())).toEqual([...leaves].toSorted());
      if (then === undefined) return;
      await shell(then);
      expect(await findNews()).toEqual([]);
    },
  );
});

test("the doctor names a proxy that has the hub's rights, and advises peer.unit", async () => {
  const healthyCodes = (await examine()).map(({ code }) => code);
  // This kernel can vouch for the unit, and the policy does not ask for it.
  expect(healthyCodes).toContain("peer-any-unit");
  await shell(`printf '#!/bin/sh\\nread -r line </run/proxy-gate\\n' >/usr/local/bin/configurable-http-proxy
    chmod 755 /usr/local/bin/configurable-http-proxy
    mkfifo -m 666 /run/proxy-gate
    systemd-run --quiet --unit=proxy-in-hub --uid=jupyter /usr/local/bin/configurable-http-proxy`);
  const found = (await findNews()).filter(({ code }) => code === "hub-proxy");
  expect(found).toMatchObject([{ severity: "warning", text: expect.stringContaining("account jupyter") }]);
  await shell("systemctl stop proxy-in-hub; rm /run/proxy-gate /usr/local/bin/configurable-http-proxy");
  expect((await findNews()).map(({ code }) => code)).toEqual([]);
});
