import { test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { classOf, logInTogether, prepareClass, spreadOf } from "../../bench/jupyterhub/class.ts";
import { setJupyterStage } from "./stage.ts";
const CLASS = classOf(50);
const stage = setJupyterStage({ users: CLASS, prepare: prepareClass });
const cpu = async () => (await stage.testbed.run(["sh", "-c", "for p in $(systemctl show --value -p MainPID helper.service jupyterhub.service dbus.service) 1; do awk '{print $2, ($14+$15)*10}' /proc/$p/stat; done"])).stdout.replace(/\n/g, "; ");
test("explore", async () => {
  const t = stage.testbed;
  const t0 = Date.now();
  const ours = await logInTogether(t, CLASS);
  process.stderr.write(JSON.stringify(spreadOf(ours)) + ` ${t0}\n`);
  process.stderr.write(`${await cpu()}\n`);
  const j = await t.journal({});
  writeFileSync("/tmp/class.log", j.map((e) => `${(Number(e.__REALTIME_TIMESTAMP)/1000 - t0).toFixed(0)} ${e._SYSTEMD_UNIT} ${e.MESSAGE}`).join("\n"));
});
