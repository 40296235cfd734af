import { VERSION } from "../helper/version.ts";
import type { Asker, PolicyGround } from "./command.ts";
import type { Machine } from "./machine/machine.ts";
import { run } from "./run.ts";
import { screenOf } from "./screen.ts";

async function policyGround(): Promise<PolicyGround> {
  const { nameService } = await import("../helper/posix/accounts.ts");
  const { kernelKnowsPeers } = await import("../helper/posix/peer.ts");
  return { names: nameService, knowsPeerUnits: kernelKnowsPeers() };
}

async function openClient(): Promise<Asker> {
  const { HelperClient } = await import("../client/client.ts");
  // A person waits: a socket that is not there is told of at once, more or less.
  return new HelperClient({ retry: { maxMs: 50 } });
}

async function openMachine(): Promise<Machine> {
  return (await import("./machine/machine.ts")).openMachine();
}

// `helperctl list | head` closes the pipe early, which is nobody's fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Once: whoever asks again means it, and gets what the signal does by itself.
  process.once(signal, () => interruption.abort());
}

process.exitCode = await run(process.argv.slice(2), {
  version: VERSION,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  screen: screenOf(process.stdout, process.env),
  complaints: screenOf(process.stderr, process.env),
  nowMs: () => Date.now(),
  interrupted: interruption.signal,
  openClient,
  openMachine,
  policyGround,
});
