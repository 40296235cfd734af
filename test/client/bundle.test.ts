import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { answering, LineServer, notification, result } from "./line-server.ts";
import { unitState } from "./states.ts";

const run = promisify(execFile);
let directory: string;
let inputs: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "client-bundle-"));
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/client/index.ts", import.meta.url))],
    outfile: join(directory, "client.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    metafile: true,
    logLevel: "error",
  });
  inputs = Object.keys(metafile.inputs);
});

afterAll(() => rm(directory, { recursive: true }));

/** Runs a program that has the bundled client as `HelperClient`, until it exits by itself. */
async function runProgram(socketPath: string, body: string): Promise<string> {
  const program = join(directory, "program.mjs");
  await writeFile(
    program,
    `import { HelperClient } from "./client.mjs";
     const client = new HelperClient({ socketPath: ${JSON.stringify(socketPath)}, checkPath: false, idleCloseMs: 600_000 });
     ${body}`,
  );
  const { stdout, stderr } = await run(process.execPath, [program]);
  expect(stderr).toBe("");
  return stdout;
}

test("the bundle holds the client, the protocol and json-rpc-2.0, and nothing else", () => {
  const strangers = inputs.filter(
    (path) => !/(^|\/)(src\/(client|protocol)|node_modules\/json-rpc-2\.0)\//.test(path),
  );
  expect(strangers).toEqual([]);
});

test("an unused connection does not keep a process alive", async () => {
  await using server = await LineServer.start(answering(() => unitState()));
  expect(await runProgram(server.path, `console.log((await client.status({ user: "zoe" })).user);`)).toBe(
    "zoe\n",
  );
});

test("a call in flight and a watch keep a process alive", async () => {
  await using server = await LineServer.start(async (peer) => {
    for await (const request of peer) {
      const late = () => {
        if (request.method === "watch") {
          peer.send(result(request, { subscription: "s", units: [] }));
          setImmediate(() =>
            peer.send(notification("unit-changed", { subscription: "s", unit: unitState({ user: "wash" }) })),
          );
        } else peer.reply(request, unitState());
      };
      setImmediate(late);
    }
  });
  const body = `
    console.log((await client.start({ user: "zoe" })).user);
    for await (const event of client.watch()) {
      if (event.type !== "change") continue;
      console.log(event.unit.user);
      break;
    }`;
  expect(await runProgram(server.path, body)).toBe("zoe\nwash\n");
});

test("hundreds of calls at once with one signal print no warning", async () => {
  await using server = await LineServer.start(answering(() => unitState()));
  const body = `
    const { signal } = new AbortController();
    const calls = Array.from({ length: 300 }, () => client.status({ user: "zoe" }, { signal }));
    console.log((await Promise.all(calls)).length);`;
  expect(await runProgram(server.path, body)).toBe("300\n");
});
