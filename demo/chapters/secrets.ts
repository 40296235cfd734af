import { createHash } from "node:crypto";
import type { Server } from "../../examples/hub/hub.ts";
import type { Testbed } from "../../testbed/index.ts";
import { expectSame, expectTrue } from "../check.ts";
import { commandLines } from "../process-status.ts";
import { HELPER_UNIT, HUB_UNIT, type Stage } from "../stage.ts";
import { setOf, showUnit } from "../unit.ts";
import { mainPid } from "./servers.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Root can look at what is staged; the hub gave away the token and kept a digest of it. */
async function readToken(testbed: Testbed, { unit, tokenDigest }: Server): Promise<string> {
  const env = await testbed.read(`${setOf(unit)}/env`);
  const token = /^JUPYTERHUB_API_TOKEN=(.+)$/m.exec(env)?.[1] ?? "";
  expectSame(`the digest of what is staged for ${unit}`, sha256(token), tokenDigest);
  return token;
}

const COUNT_READABLE =
  'readable=0; for f; do cat "$f" >/dev/null 2>&1 && readable=$((readable + 1)); done; echo $readable';

/** How many of the files an account can read. */
async function countReadable(testbed: Testbed, user: string, files: readonly string[]): Promise<number> {
  return Number((await testbed.run(["sh", "-c", COUNT_READABLE, "count", ...files], { user })).stdout);
}

/** What came to the servers is theirs alone. */
export async function keepSecrets({ testbed, report }: Stage, servers: readonly Server[]): Promise<void> {
  report.chapter("Her tokens stay hers", [...servers.map(({ unit }) => unit), HUB_UNIT, HELPER_UNIT]);
  const tokens = await report.step(
    "each server has a token of its own, as a systemd credential",
    async () => {
      const found = await Promise.all(servers.map((server) => readToken(testbed, server)));
      expectTrue(new Set(found).size === servers.length, "two servers have one token");
      return found;
    },
  );
  const holdsToken = (text: string): boolean => tokens.some((token) => text.includes(token));
  await report.step("none is in the units' properties, an argument list or the journal", async () => {
    for (const { unit } of servers) {
      expectTrue(
        !holdsToken(JSON.stringify(await showUnit(testbed, unit))),
        `systemctl show ${unit} tells the token`,
      );
    }
    expectTrue(!commandLines(testbed).some(holdsToken), "a token is in the arguments of a process");
    expectTrue(!holdsToken(JSON.stringify(await testbed.journal())), "a token is in the journal");
  });
  await report.step("zoe's own processes can read them; wash, mallory and the hub cannot", async () => {
    const credentials = servers.map(({ unit }) => `/run/credentials/${unit}/hub_env`);
    expectSame("what zoe can read", await countReadable(testbed, "zoe", credentials), credentials.length);
    const environments = await Promise.all(
      servers.map(async ({ unit }) => `/proc/${await mainPid(testbed, unit)}/environ`),
    );
    const staged = servers.map(({ unit }) => `${setOf(unit)}/env`);
    for (const user of ["wash", "mallory", "jupyter"]) {
      const files = [...credentials, ...environments, ...staged];
      expectSame(`what ${user} can read`, await countReadable(testbed, user, files), 0);
    }
  });
}
