import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { audited, logged } from "./audit-records.ts";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

// journald's own limit is low, so what passes it passes by the limit of helper.service. There is space for all of it:
// rotation would drop the oldest lines.
const JOURNALD = `[Journal]
RateLimitIntervalSec=1h
RateLimitBurst=100
SystemMaxUse=1G
SystemKeepFree=1M
RuntimeMaxUse=1G
RuntimeKeepFree=1M
`;
const CONFIGURATION = "/etc/systemd/journald.conf.d/50-complete.conf";
const DROPIN = "/run/systemd/system/helper.service.d/flood.conf";
const PROGRAM = "/opt/flood.mjs";
const LINES = 70_000;
const VERBS = 500;

const stage = setStage({ alone: true });

const shell = (script: string) =>
  stage.testbed.run(["sh", "-c", `set -e\n${script}`], { timeoutMs: 120_000 });

/** A program that writes lines as fast as it can, in the place of the daemon. */
const FLOOD = `import { writeSync } from "node:fs";
for (let line = 0; line < ${LINES}; line++) {
  const bytes = Buffer.from(\`<6>{"line":\${line},"filler":"\${"x".repeat(300)}"}\\n\`);
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written);
}
`;

beforeEach(async () => {
  await stage.testbed.write(CONFIGURATION, JOURNALD);
  await shell("systemctl restart systemd-journald");
});

afterEach(() =>
  shell(`
    rm -rf ${DROPIN} ${CONFIGURATION}
    systemctl daemon-reload
    systemctl stop helper.service
    systemctl restart systemd-journald`),
);

test("the journal has every line of a helper that writes 70,000 at once", async () => {
  const { testbed } = stage;
  const { stdout } = await shell("systemctl show --value --property=ExecStart helper.service");
  const [, node = ""] = /path=([^ ;]+)/.exec(stdout) ?? [];
  await testbed.write(PROGRAM, FLOOD);
  await testbed.write(
    DROPIN,
    `[Service]\nType=oneshot\nExecStart=\nExecStart=${node} --jitless ${PROGRAM}\n`,
  );
  await shell(`
    systemctl daemon-reload
    systemctl stop helper.service
    systemctl start helper.service
    journalctl --sync`);
  const written = await shell(
    `journalctl --unit=helper.service --output=cat --no-pager | sed -n 's/^{"line":\\([0-9]*\\),.*/\\1/p'`,
  );
  expect(written.stdout).toBe(Array.from({ length: LINES }, (_, line) => `${line}\n`).join(""));
});

test("the journal has both records of every verb where its own limit is far lower", async () => {
  await writeUnit(stage.testbed, "zoe");
  const hub = await stage.connect();
  const asked = Array.from({ length: VERBS }, () => hub.ask("stop", { user: "zoe" }));
  for (const id of asked) expect(await hub.answer(id)).toMatchObject({ result: {} });
  const records = await logged(stage.testbed);
  const ended = (await audited(stage.testbed)).filter(({ method }) => method === "stop");
  expect(ended).toHaveLength(VERBS);
  expect(new Set(ended.map(({ audit }) => audit)).size).toBe(VERBS);
  expect(records.filter(({ event, method }) => event === "begin" && method === "stop")).toHaveLength(VERBS);
});
