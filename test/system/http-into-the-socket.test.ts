import { beforeAll, expect, test } from "@jest/globals";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { audited } from "./audit-records.ts";
import { setStage } from "./stage.ts";

const run = promisify(execFile);
const LOCKED = join(import.meta.dirname, "../support/proxy");
const CACHE = "/var/cache/hub-helper-testbed";
const VICTIM = "zoe";
const TOKEN = "chosen-by-the-attacker";

const stage = setStage();

/** configurable-http-proxy with what it needs, as its lock says, installed once. */
async function installedProxy(): Promise<string> {
  const lock = createHash("sha256")
    .update(readFileSync(join(LOCKED, "package-lock.json")))
    .digest("hex");
  const place = join(CACHE, `proxy-${lock.slice(0, 16)}`);
  if (existsSync(place)) return place;
  await mkdir(CACHE, { recursive: true });
  const fresh = await mkdtemp(`${place}-`);
  await cp(LOCKED, fresh, { recursive: true });
  await run("npm", ["ci", "--no-progress", "--loglevel=error", "--engine-strict=false"], { cwd: fresh });
  await rename(fresh, place).catch(async (error: unknown) => {
    // Another test was faster.
    await rm(fresh, { recursive: true });
    if (!existsSync(place)) throw error;
  });
  return place;
}

beforeAll(async () => {
  const { testbed } = stage;
  await testbed.copyIn(await installedProxy(), "/opt/proxy");
  // As JupyterHub does by default: the hub's own account runs the proxy, in the hub's unit and with the socket's group.
  await testbed.run([
    "systemd-run",
    "--quiet",
    "--unit=hub-proxy",
    "--uid=jupyter",
    "--property=SupplementaryGroups=hub-helper",
    "--setenv=CONFIGPROXY_AUTH_TOKEN=secret",
    "node",
    "/opt/proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy",
    "--ip=127.0.0.1",
    "--port=8000",
    "--api-ip=127.0.0.1",
    "--api-port=8001",
  ]);
  // What a user can do to a server on a socket: put a link in its place.
  await testbed.run(["install", "--directory", "--owner=mallory", "/run/mallory-server"]);
  await testbed.run(["ln", "-s", "/run/hub-helper/helper.sock", "/run/mallory-server/server.sock"], {
    user: "mallory",
  });
  const route = JSON.stringify({ target: "unix+http://%2Frun%2Fmallory-server%2Fserver.sock" });
  await testbed.run([
    ...[
      "curl",
      "--silent",
      "--show-error",
      "--fail",
      "--retry",
      "50",
      "--retry-connrefused",
      "--retry-delay",
      "0",
    ],
    ...["--header", "Authorization: token secret", "--data", route],
    "http://127.0.0.1:8001/api/routes/user/mallory",
  ]);
});

const frame = (method: string, params: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id: `smuggled-${method}`, method, params });

test("a user's request body that the hub's proxy forwards to the helper is not executed", async () => {
  const { testbed } = stage;
  const unit = await stage.server("victim");
  const hub = await stage.connect();
  await hub.result("start", { user: "victim" });
  const body = [
    "",
    frame("stop", { user: "victim" }),
    frame("write-credentials", { user: VICTIM, env: { JUPYTERHUB_API_TOKEN: TOKEN } }),
    "",
  ].join("\n");
  const { stdout } = await testbed.run(
    [
      ...["curl", "--silent", "--show-error", "--http0.9", "--max-time", "20", "--output", "-"],
      ...[
        "--write-out",
        "\nstatus %{http_code}\n",
        "--header",
        "Content-Type: text/plain",
        "--data-binary",
        "@-",
      ],
      "http://127.0.0.1:8000/user/mallory/",
    ],
    { user: "mallory", input: body, check: false },
  );
  // The proxy did reach the helper, which is no web server; without that the test would say nothing.
  expect(stdout).toMatch(/status 50[0-9]/);
  const { connections } = (await (await stage.connect({})).result("describe")) as { connections: number };
  expect(connections).toBeGreaterThan(0);
  expect(await stage.property(unit, "ActiveState")).toBe("active");
  expect(await hub.result("status", { user: VICTIM })).toMatchObject({ credentials: [] });
  const smuggled = (await audited(testbed)).filter(({ requestId }) =>
    String(requestId).startsWith("smuggled"),
  );
  expect(smuggled).toEqual([]);
});
