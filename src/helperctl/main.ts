import { VERSION } from "../helper/version.ts";
import { currentCaller } from "./caller.ts";
import type { Asker, PolicyGround, Surroundings } from "./command.ts";
import type { Machine } from "./machine/machine.ts";
import { run } from "./run.ts";
import { screenOf } from "./screen.ts";
import { terminalOf } from "./terminal.ts";

async function policyGround(): Promise<PolicyGround> {
  const { nameService } = await import("../helper/posix/accounts.ts");
  const { kernelKnowsPeers } = await import("../helper/posix/peer.ts");
  return { names: nameService, knowsPeerUnits: kernelKnowsPeers() };
}

async function openClient(): Promise<Asker> {
  const { HelperClient } = await import("../client/client.ts");
  let calls = 0;
  return new HelperClient({
    // A person waits: a socket that is not there is told of at once, more or less.
    retry: { maxMs: 50 },
    // Found again in the audit log.
    createId: () => `helperctl-${process.pid}-${++calls}`,
  });
}

async function openMachine(): Promise<Machine> {
  return (await import("./machine/machine.ts")).openMachine();
}

// A bus that root's environment names, after sudo --preserve-env or so, would answer in the place of systemd.
delete process.env["DBUS_SYSTEM_BUS_ADDRESS"];

const interruption = new AbortController();
// `helperctl list | head` closes the pipe early, which is nobody's fault; a terminal that was hung up answers EIO.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  interruption.abort();
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  // Once: whoever asks again means it, and gets what the signal does by itself.
  process.once(signal, () => interruption.abort());
}

const surroundings: Surroundings = {
  version: VERSION,
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
  screen: screenOf(process.stdout, process.env),
  // Only when there is something to complain of: to open a stream takes time.
  get complaints() {
    return screenOf(process.stderr, process.env);
  },
  terminal: () => terminalOf(process, process.env),
  caller: currentCaller,
  nowMs: () => Date.now(),
  interrupted: interruption.signal,
  openClient,
  openMachine,
  policyGround,
};

// Not awaited: as CommonJS it is loaded faster, and that knows no top-level await. Nothing is thrown.
void run(process.argv.slice(2), surroundings).then((status) => {
  process.exitCode = status;
});
