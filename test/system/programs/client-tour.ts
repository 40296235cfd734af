// A hub's day with the client library. Says each step's outcome as a line of JSON, and waits for a line of input
// where the other side has something to do first.
import { createInterface } from "node:readline";
import * as client from "../../../src/client/index.ts";

const hub = new client.HelperClient();
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const ZOE = { user: "zoe" };

const say = (step: string, outcome: unknown): boolean =>
  process.stdout.write(`${JSON.stringify({ step, outcome })}\n`);

const told = async (): Promise<void> => {
  await input.next();
};

/** The name of the class that an error is of, and what it says. */
async function errorOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return { result: await act() };
  } catch (error) {
    const classes = Object.entries(client)
      .filter(([, value]) => typeof value === "function" && error instanceof value)
      .map(([name]) => name)
      .sort();
    if (!(error instanceof client.HelperError)) return { name: (error as Error).name };
    return { classes, code: error.code, ...error.details };
  }
}

/** Waits until a start of a server that takes for ever has begun. */
async function whenStarting(server: string): Promise<void> {
  for await (const event of hub.watch({ user: "zoe" })) {
    const units = event.type === "snapshot" ? event.units : [event.unit];
    if (units.some((unit) => unit.server === server && unit.activeState === "activating")) return;
  }
}

async function life(): Promise<void> {
  const credentials = { env: { JUPYTERHUB_API_TOKEN: "t" }, files: { keyfile: Buffer.from([0, 255]) } };
  say("launched", await hub.launch(ZOE, credentials));
  say("launched again", await hub.launch(ZOE));
  say("status", await hub.status(ZOE));
  say("listed", await hub.list());
  say("stopped", await hub.stop(ZOE));
  say("launched after a failure", await hub.launch({ user: "wash", server: "fails-once" }));
  say("described", await hub.describe());
}

async function errors(): Promise<void> {
  say("denied", await errorOf(() => hub.start({ user: "mallory" })));
  say("invalid", await errorOf(() => hub.start({ user: "zoe", server: "a/b" })));
  say("not found", await errorOf(() => hub.start({ user: "wash" })));
  say("refused", await errorOf(() => hub.writeCredentials(ZOE, { env: { EDITOR: "vi" } })));
  say("failed", await errorOf(() => hub.start({ user: "wash", server: "fails" })));
  say(
    "too large",
    await errorOf(() => hub.writeCredentials(ZOE, { files: { keyfile: "x".repeat(600_000) } })),
  );
  say("not for us", await errorOf(() => hub.explain({ user: "jupyter" }, "start", ZOE)));
  const slow = { user: "zoe", server: "slow" };
  say("job timeout", await errorOf(() => hub.start(slow, { timeoutMs: 200 })));
  await hub.stop(slow);
  const waiting = errorOf(() => hub.start(slow));
  await whenStarting(slow.server);
  await hub.stop(slow);
  say("interrupted", await waiting);
}

async function endings(): Promise<void> {
  const slow = { user: "zoe", server: "slow" };
  const abort = new AbortController();
  const aborted = errorOf(() => hub.start(slow, { signal: abort.signal }));
  await whenStarting(slow.server);
  abort.abort();
  say("aborted", await aborted);
  say("goes on", (await hub.status(slow)).activeState);
  const other = new client.HelperClient();
  const slower = { user: "zoe", server: "slower" };
  const inFlight = errorOf(() => other.start(slower));
  await whenStarting(slower.server);
  other.close();
  say("closed in flight", await inFlight);
  say("closed", await errorOf(() => other.describe()));
  for (const target of [slow, slower]) {
    await hub.stop(target);
    // What is stopped before it has started has failed, to systemd.
    await hub.resetFailed(target);
  }
}

async function pipelined(): Promise<void> {
  const states = await Promise.all(
    Array.from({ length: 300 }, (_, at) => hub.status({ user: "zoe", server: `n${at}` })),
  );
  say(
    "pipelined",
    states.filter(({ server, loadState }, at) => server === `n${at}` && loadState === "loaded").length,
  );
}

async function watching(): Promise<void> {
  const abort = new AbortController();
  const events = hub.watch({ user: "zoe" }, { signal: abort.signal });
  const next = async (): Promise<client.WatchEvent> => (await events.next()).value as client.WatchEvent;
  /** Changes come as often as systemd makes them; what counts is where they lead. */
  const until = async (activeState: string): Promise<unknown> => {
    for (;;) {
      const event = await next();
      if (event.type === "snapshot") return { unexpected: event };
      if (event.unit.activeState === activeState) return { type: event.type, unit: event.unit.unit };
    }
  };
  say("first snapshot", await next());
  await hub.launch(ZOE, {});
  say("saw the start", await until("active"));
  const resynced = next();
  await told();
  say("snapshot after the restart", await resynced);
  await hub.stop(ZOE);
  say("saw the stop", await until("inactive"));
  abort.abort(new Error("enough"));
  say("watch aborted", await errorOf(next));
}

for (const part of [life, errors, endings, pipelined, watching]) await part();
hub.close();
process.stdin.destroy();
