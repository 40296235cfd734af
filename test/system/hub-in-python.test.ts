import { expect, test } from "@jest/globals";
import { hubProgram, type Message } from "./raw-client.ts";
import { setStage } from "./stage.ts";
import { writeUnit } from "./world.ts";

const stage = setStage();

test("a hub of a few lines of Python describes, watches, stages, starts, looks and stops", async () => {
  const { testbed } = stage;
  const unit = await writeUnit(testbed, "zoe", [
    "LoadCredential=env:/run/hub-helper/credentials/%P@%I/env",
    "ExecStartPre=/bin/cp ${CREDENTIALS_DIRECTORY}/env /home/zoe/env",
  ]);
  const { stdout } = await testbed.run(hubProgram("zoe", "s3cret"), { user: "jupyter" });
  const messages = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Message);
  const [described, watched, staged, started, looked, stopped] = messages
    .filter(({ method }) => method === undefined)
    .map(({ result }) => result);

  expect(described).toMatchObject({ name: "hub-helper", protocol: 1, peer: { user: "jupyter" } });
  expect(described).not.toHaveProperty("policy");
  expect(watched).toMatchObject({ units: [] });
  const env = "JUPYTERHUB_API_TOKEN=s3cret\nJUPYTERHUB_SERVER_NAME=\nJUPYTERHUB_USER=zoe\n";
  expect(staged).toEqual({ unit, credentials: [{ name: "env", bytes: env.length }] });
  const running = { unit, template: "singleuser", user: "zoe", server: "", activeState: "active" };
  expect(started).toMatchObject(running);
  expect(looked).toMatchObject({ ...running, invocationId: started?.["invocationId"] });
  expect(stopped).toMatchObject({ unit, activeState: "inactive", credentials: [] });
  expect(await testbed.read("/home/zoe/env")).toBe(env);
  for (const { method, params } of messages.filter(({ method }) => method !== undefined)) {
    expect(method).toBe("unit-changed");
    expect(params).toMatchObject({ subscription: watched?.["subscription"], unit: { unit } });
  }
});
