import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "../check.ts";
import { findHubs } from "../hub/find-hubs.ts";
import { findingOf } from "../hub/hub-findings.ts";
import { isIn, isRoot } from "../hub/judge-hub.ts";
import { lookAt } from "../look-at.ts";
import type { PamFacts } from "../pam.ts";
import { judgeFilter, judgeMachine, SERVICE, SHADOW, SHADOW_GROUP } from "../pam.ts";

const PROGRAMS = ["/usr/sbin/unix_chkpwd", "/usr/bin/unix_chkpwd", "/sbin/unix_chkpwd"];
/** Where PAM looks for a service, the first first. */
const SERVICES = ["/etc/pam.d", "/usr/lib/pam.d"];
const LIBRARIES = "/usr/lib";

/** The module that checks passwords of this machine; null where it is at no usual place. */
async function findPamUnix(): Promise<string | null> {
  const ofArchitectures = (await readdir(LIBRARIES)).filter((name) => name.includes("-linux-"));
  const directories = ["/usr/lib64", LIBRARIES, ...ofArchitectures.map((name) => join(LIBRARIES, name))];
  const paths = directories.map((directory) => join(directory, "security/pam_unix.so"));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Without this function the module cannot read a hash by itself, and has unix_chkpwd do it. */
async function asksProgram(): Promise<boolean | null> {
  const module = await findPamUnix();
  return module === null ? null : !(await readFile(module)).includes("getspnam");
}

async function lookAtPam(shadowGid: number | null): Promise<PamFacts> {
  return {
    shadowGid,
    shadow: lookAt(SHADOW),
    program: PROGRAMS.map(lookAt).find((found) => found?.kind === "file") ?? null,
    asksProgram: await asksProgram(),
    hasService: SERVICES.some((directory) => existsSync(join(directory, SERVICE))),
  };
}

export const pam: Check = {
  name: "pam",
  title: "passwords of this machine: whether PAM can check them for the hub",
  run: async (context) => {
    const { policy } = await context.checked();
    if (policy === null) return [];
    const [hubs, shadowGid] = await Promise.all([
      findHubs(context, policy),
      context.names.groupByName(SHADOW_GROUP),
    ]);
    const gids = new Map(shadowGid === null ? [] : [[SHADOW_GROUP, shadowGid]]);
    // A hub that is in no group shadow takes another authenticator.
    const asking = hubs.filter((hub) => !isRoot(hub) && isIn(hub, SHADOW_GROUP, { gids }));
    if (asking.length === 0) return [];
    const facts = await lookAtPam(shadowGid);
    const ofUnits = asking.flatMap(({ unit }) =>
      judgeFilter(unit, facts).map((fault) => findingOf(unit, fault)),
    );
    return [...judgeMachine(facts), ...(await Promise.all(ofUnits))];
  },
};
