import { expect, test } from "@jest/globals";
import { callHub, launchServer } from "./hub-api.ts";
import { serveLightly } from "./light-server.ts";
import { setJupyterStage } from "./stage.ts";

const TEMPLATES = "/etc/hub-helper/units";

const stage = setJupyterStage({
  users: [],
  config: "\nc.HubHelperSpawner.unit_generator = True\n",
  prepare: async (testbed) => {
    await testbed.run(["sh", "-c", `cp /usr/share/doc/hub-helper/examples/units/* ${TEMPLATES}/`]);
    for (const user of ["kaylee", "ann-lee"]) await testbed.addUser(user, { groups: ["jupyterhub"] });
    await serveLightly(testbed);
  },
});

test.each(["kaylee", "ann-lee"])("the units of %s are made at the first login", async (user) => {
  const { testbed } = stage;
  const unit = `jupyterhub-singleuser-${user.replace("-", "\\x2d")}.service`;
  expect(await stage.property(unit, "LoadState")).toBe("not-found");
  await launchServer(testbed, user);
  expect(await stage.property(unit, "FragmentPath")).toBe(`/run/systemd/system/${unit}`);
  expect(await stage.property(unit, "User")).toBe(user);
  await launchServer(testbed, user, "gpu");
});

test("where they cannot be made, the user learns that they could not", async () => {
  const { testbed } = stage;
  await testbed.addUser("wash", { groups: ["jupyterhub"] });
  const template = `${TEMPLATES}/jupyterhub-singleuser-{user}.service`;
  await testbed.run(["sh", "-c", 'mv "$1" /root/template && echo "[Service]" >"$1"', "break", template]);
  await callHub(testbed, "POST", "/users/wash");
  const { status, body } = await callHub(testbed, "POST", "/users/wash/server");
  expect(status).toBe(500);
  expect(body).toMatchObject({
    message: expect.stringContaining("Your server could not be set up on this machine."),
  });
  await testbed.run(["mv", "/root/template", template]);
  await launchServer(testbed, "wash");
});
