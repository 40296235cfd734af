import { expectSame, expectTrue } from "../check.ts";
import { askHub } from "../hub-client.ts";
import { HELPER_UNIT, HUB_UNIT, type Stage } from "../stage.ts";
import { showUnit } from "../unit.ts";

const UNIT = "jupyterhub-singleuser-wash.service";
/** EXIT_EXEC in systemd.exec(5). */
const COULD_NOT_EXECUTE = "203";

/** A start that fails tells why, in words for the one who waits. */
export async function failOnPurpose({ testbed, report }: Stage): Promise<void> {
  report.chapter("Wash logs in, and his unit is broken", [UNIT, HUB_UNIT, HELPER_UNIT]);
  await report.step("the hub learns at once that his server did not start, and why", async (note) => {
    const { status, body } = await askHub(testbed, "POST", "/users/wash/server");
    const { code, message } = body as Record<string, unknown>;
    expectSame("the hub's answer", { status, code }, { status: 502, code: "job-failed" });
    const { ExecMainStatus } = await showUnit(testbed, UNIT);
    expectSame("the status that systemd has of his program", ExecMainStatus, COULD_NOT_EXECUTE);
    expectTrue(
      typeof message === "string" && message.includes("program"),
      "the sentence is not about his program",
    );
    note(`what wash reads: “${message}”`);
  });
}
