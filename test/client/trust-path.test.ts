import { once } from "node:events";
import {
  chmod,
  lchown,
  link,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import type { Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { HelperClient, UntrustedSocketError } from "../../src/client/index.ts";
import { resolveTrusted } from "../../src/client/trust-path.ts";
import { rejection } from "./clients.ts";

const owner = process.getuid?.() ?? 0;
let top: string;
let server: Server;
let socket: string;

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), "trust-path-")));
  await mkdir(join(top, "run/hub-helper"), { recursive: true, mode: 0o755 });
  socket = join(top, "run/hub-helper/helper.sock");
  server = createServer((peer) => peer.destroy()).listen(socket);
  await once(server, "listening");
  await chmod(socket, 0o660);
});

afterEach(async () => {
  const closed = once(server, "close");
  server.close();
  await closed;
  await rm(top, { recursive: true });
});

const resolve = (path = socket, trusted = owner) => resolveTrusted(path, { owner: trusted, top });
const refusal = (component: string, problem: string) => ({ component: join(top, component), problem });

test("a socket whose every directory is its owner's alone is trusted", async () => {
  expect(await resolve()).toBe(socket);
  expect(await resolve(join(top, "run/../run/./hub-helper//helper.sock"))).toBe(socket);
});

test.each([0o660, 0o666, 0o600])("the socket's own mode %p only says who may connect", async (mode) => {
  await chmod(socket, mode);
  expect(await resolve()).toBe(socket);
});

test.each<[string, number]>([
  ["run", 0o775],
  ["run", 0o757],
  ["run", 0o1777],
  ["run/hub-helper", 0o770],
  ["run/hub-helper", 0o1777],
  [".", 0o1777],
])("the directory %s with mode %p is refused by name", async (directory, mode) => {
  await chmod(join(top, directory), mode);
  const octal = mode.toString(8).padStart(4, "0");
  expect(await rejection(resolve())).toMatchObject(
    refusal(directory, `is writable by others than its owner (mode ${octal})`),
  );
});

test("links that lead through trusted directories are followed", async () => {
  await symlink("../run", join(top, "run/again"));
  await symlink("again/hub-helper", join(top, "run/relative"));
  await symlink("helper.sock", join(top, "run/hub-helper/link.sock"));
  expect(await resolve(join(top, "run/relative/link.sock"))).toBe(socket);
});

test("a link is judged by where it leads", async () => {
  await mkdir(join(top, "run/open"));
  await chmod(join(top, "run/open"), 0o1777);
  await rename(socket, join(top, "run/open/helper.sock"));
  await symlink("../open/helper.sock", socket);
  expect(await rejection(resolve())).toMatchObject({ component: join(top, "run/open") });
});

test("an absolute link is judged from the root directory on", async () => {
  const elsewhere = join(top, "run/elsewhere.sock");
  await symlink(socket, elsewhere);
  // The temporary directory itself is writable by everybody.
  const shared = await realpath(tmpdir());
  expect(await rejection(resolve(elsewhere))).toMatchObject({ component: shared });
});

test("links in a loop are refused", async () => {
  await symlink("loop", join(top, "run/loop"));
  expect(await rejection(resolve(join(top, "run/loop/helper.sock")))).toMatchObject(
    refusal("run/loop", "is a link in a loop"),
  );
});

test("what is not a socket, and what is not a directory, is refused", async () => {
  await writeFile(join(top, "run/file"), "");
  expect(await rejection(resolve(join(top, "run/file")))).toMatchObject(
    refusal("run/file", "is not a socket"),
  );
  expect(await rejection(resolve(join(top, "run/hub-helper")))).toMatchObject(
    refusal("run/hub-helper", "is not a socket"),
  );
  expect(await rejection(resolve(join(top, "run/file/helper.sock")))).toMatchObject(
    refusal("run/file", "is not a directory"),
  );
});

test("a hard link to the socket in a trusted directory is the socket", async () => {
  await link(socket, join(top, "run/hard.sock"));
  expect(await resolve(join(top, "run/hard.sock"))).toBe(join(top, "run/hard.sock"));
});

test("where nothing is, the system's own error is passed on", async () => {
  expect(await rejection(resolve(join(top, "none/helper.sock")))).toMatchObject({ code: "ENOENT" });
});

/** Makes a component belong to neither root nor the trusted owner: root gives it away, others trust another uid. */
async function estrange(component: string): Promise<{ trusted: number; uid: number }> {
  if (owner !== 0) return { trusted: owner + 1, uid: owner };
  await lchown(join(top, component), 4242, 4242);
  return { trusted: owner, uid: 4242 };
}

test.each([".", "run", "run/hub-helper", "run/hub-helper/helper.sock", "run/link.sock"])(
  "%s in the hands of another account is refused",
  async (component) => {
    await symlink("hub-helper/helper.sock", join(top, "run/link.sock"));
    const { trusted, uid } = await estrange(component);
    const error = await rejection(resolve(join(top, "run/link.sock"), trusted));
    // Where nothing can be given away, everything is estranged and the uppermost is named.
    expect(error).toMatchObject(owner === 0 ? { component: join(top, component) } : { component: top });
    expect((error as Error).message).toContain(`belongs to uid ${uid}`);
  },
);

test("a client does not connect to a socket below a directory that others can write", async () => {
  let connections = 0;
  server.on("connection", () => connections++);
  await using client = new HelperClient({ socketPath: socket, trustedOwner: owner });
  const error = await rejection(client.describe({ id: "look" }));
  expect(error).toBeInstanceOf(UntrustedSocketError);
  expect(error).toMatchObject({
    code: "untrusted-socket",
    requestId: "look",
    details: { socketPath: socket, component: await realpath(tmpdir()) },
  });
  expect((error as Error).message).toContain("is writable by others than its owner (mode 1777)");
  expect(connections).toBe(0);
});

test("a client that was told not to check connects all the same", async () => {
  await using client = new HelperClient({ socketPath: socket, checkPath: false, retry: false });
  const connected = once(server, "connection");
  await Promise.all([connected, rejection(client.describe())]);
});
