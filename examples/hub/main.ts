// A hub, as small as one can be: it starts servers of other people and is nobody itself. See README.md.
import { join } from "node:path";
import { HelperClient } from "hub-helper/client";
import { createHttpServer } from "./http.ts";
import { Hub } from "./hub.ts";

// systemd makes this directory for the unit, closed to other accounts: whoever can connect may launch anything here.
// A hub that serves people asks who they are first.
const directory = process.env["RUNTIME_DIRECTORY"];
if (directory === undefined) throw new Error("The unit needs RuntimeDirectory=, for the hub's socket.");

const leaving = new AbortController();
const helper = new HelperClient();
const hub = new Hub(helper);
const server = createHttpServer(hub, leaving.signal);

// The servers live in units of their own and go on without the hub.
process.on("SIGTERM", () => {
  leaving.abort();
  server.close();
  helper.close();
});

// A hub that the helper does not let do anything should not begin to promise servers.
await helper.describe();
const path = join(directory, "hub.sock");
server.listen(path, () => console.log(`The hub listens on ${path}.`));
await hub.follow();
