import type { Testbed } from "../../testbed/index.ts";
import { auditRecords, sentenceOf, type AuditRecord } from "../audit.ts";
import { expectSame } from "../check.ts";
import { askHub } from "../hub-client.ts";
import { INTRUDER_UNIT, speakAs, speakAsHub, type RawReply } from "../raw-client.ts";
import { BYSTANDER, HELPER_UNIT, HUB_UNIT, type Stage } from "../stage.ts";
import { startRequest, TRICKS, trickTable } from "../tricks.ts";
import { showUnit } from "../unit.ts";

const REQUESTS = TRICKS.map(startRequest);

/** The answers in the order of the requests. */
async function tryAll(testbed: Testbed): Promise<RawReply[]> {
  const byId = new Map((await speakAsHub(testbed, REQUESTS)).map((reply) => [reply.id, reply]));
  return REQUESTS.map(({ id }) => byId.get(id) ?? {});
}

async function recordsOfTricks(testbed: Testbed): Promise<AuditRecord[][]> {
  const records = auditRecords(await testbed.journal({ unit: HELPER_UNIT }));
  return REQUESTS.map(({ id }) => records.filter(({ requestId }) => requestId === id));
}

async function expectUntouched(testbed: Testbed, unit: string): Promise<void> {
  const { LoadState, ActiveState, InvocationID, StateChangeTimestamp } = await showUnit(testbed, unit);
  const found = { LoadState, ActiveState, InvocationID, StateChangeTimestamp };
  const untouched = {
    LoadState: "loaded",
    ActiveState: "inactive",
    InvocationID: "",
    StateChangeTimestamp: "",
  };
  expectSame(unit, found, untouched);
  expectSame(`the journal of ${unit}`, await testbed.journal({ unit }), []);
}

/** What the helper does not do, whoever asks. */
export async function refuse({ testbed, report }: Stage): Promise<void> {
  report.chapter("The hub is taken over", [HELPER_UNIT, HUB_UNIT]);
  await report.step("it launches a server for mallory: refused", async (note) => {
    const { status, body } = await askHub(testbed, "POST", "/users/mallory/server");
    const { code, message } = body as Record<string, unknown>;
    expectSame("the hub's answer", { status, code }, { status: 403, code: "denied" });
    note(`403 “${String(message)}”`);
  });
  const replies = await report.step(
    `it tries ${TRICKS.length} starts of its own making: none gets through`,
    async (note) => {
      const found = await tryAll(testbed);
      const codes = found.map(({ error }) => error?.data.code);
      expectSame(
        "the answers",
        codes,
        TRICKS.map(({ code }) => code),
      );
      note(`from a process of the hub's account, in ${INTRUDER_UNIT}`);
      return found;
    },
  );
  await report.step("it learns nothing about accounts: each “denied” is the same", async (note) => {
    const words = new Set(
      replies.filter(({ error }) => error?.data.code === "denied").map(({ error }) => JSON.stringify(error)),
    );
    expectSame("the number of different answers", words.size, 1);
    note([...words].join("").replaceAll('","', '", "'));
    return Promise.resolve();
  });
  await report.step("the audit log says who asked for what, and why it was refused", async (note) => {
    const records = await recordsOfTricks(testbed);
    const reasons = records.map((found) =>
      found.map(({ decision, reason }) => `${decision}: ${reason ?? ""}`),
    );
    const wanted = TRICKS.map(({ reason }) => (reason === null ? [] : [`refused: ${reason}`]));
    expectSame("the audit records", reasons, wanted);
    const first = records[0]?.[0];
    if (first) note(sentenceOf(first));
    for (const line of trickTable()) note(line);
  });
  await report.step(`${BYSTANDER} was never touched`, () => expectUntouched(testbed, BYSTANDER));
  await report.step("mallory's own processes cannot even connect to the helper", async (note) => {
    const [reply] = await speakAs(testbed, "mallory", REQUESTS.slice(0, 1));
    expectSame("what mallory gets", reply, { refused: "EACCES" });
    note("connect: EACCES");
  });
}
