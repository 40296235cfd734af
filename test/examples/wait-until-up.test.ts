import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, test } from "@jest/globals";
import { findFreePort } from "../../examples/hub/free-port.ts";
import { waitUntilUp } from "../../examples/hub/wait-until-up.ts";

const server = createServer((_request, response) => response.end());
afterEach(async () => {
  if (!server.listening) return;
  server.close();
  await once(server, "close");
});

test("the example hub waits for a server that begins to listen later", async () => {
  const port = await findFreePort();
  const up = waitUntilUp(`http://127.0.0.1:${port}/`, new AbortController().signal);
  server.listen(port, "127.0.0.1");
  await expect(up).resolves.toBeUndefined();
});

test("the example hub stops waiting for a server that has died", async () => {
  const dead = new AbortController();
  const up = waitUntilUp(`http://127.0.0.1:${await findFreePort()}/`, dead.signal);
  dead.abort(new Error("it ended"));
  await expect(up).rejects.toThrow("it ended");
});
