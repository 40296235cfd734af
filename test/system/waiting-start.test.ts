import { expect, test } from "@jest/globals";
import { setStage } from "./stage.ts";
import { unitFile } from "./world.ts";

/** As many starts as one uid may have under way: four fifths of 160, so that there is a place for another. */
const PLACES = 128;

const stage = setStage();

test("a start that has waited for its turn is judged by what is so then", async () => {
  const { testbed } = stage;
  await testbed.write(
    "/etc/systemd/system/jupyterhub-singleuser-zoe@.service",
    unitFile("zoe", ["Type=notify", "TimeoutStartSec=infinity"]),
  );
  await stage.server("river");
  const hub = await stage.connect();
  for (let at = 0; at < PLACES; at++) hub.ask("start", { user: "zoe", server: `s${at}` });
  let starting = 0;
  while (starting < PLACES) {
    const { units } = await hub.result("list", { user: "zoe" });
    starting = (units as { activeState: string }[]).filter(
      ({ activeState }) => activeState === "activating",
    ).length;
  }

  const waiting = hub.ask("start", { user: "river" });
  for await (const { MESSAGE = "" } of testbed.followJournal({ unit: "helper.service" })) {
    if (MESSAGE.includes('"event":"begin"') && MESSAGE.includes('"user":"river"')) break;
  }
  await testbed.run(["gpasswd", "--delete", "river", "jupyterhub"]);
  await testbed.run(["systemctl", "stop", "jupyterhub-singleuser-zoe@*.service"]);

  const { error } = await hub.answer(waiting);
  expect(error?.data).toEqual({ code: "denied" });
  const state = await testbed.run(["systemctl", "is-active", "jupyterhub-singleuser-river.service"], {
    check: false,
  });
  expect(state.stdout).toBe("inactive\n");
});
