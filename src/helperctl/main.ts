import { VERSION } from "../helper/version.ts";
import type { Asker, PolicyGround } from "./command.ts";
import { run } from "./run.ts";

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

// `helperctl list | head` closes the pipe early, which is nobody's fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  version: VERSION,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  nowMs: () => Date.now(),
  openClient,
  policyGround,
});
