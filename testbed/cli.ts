import { once } from "node:events";
import { constants } from "node:os";
import { Testbed } from "./testbed.ts";

const USAGE = `usage: testbed shell            a root shell in a fresh container
       testbed run -- COMMAND   a command in a fresh container, as root
`;

/** Leaves with the status of the command, or 128 and the signal's number as shells do. */
async function main([verb, ...rest]: readonly string[]): Promise<number> {
  const argv = verb === "shell" ? ["bash"] : verb === "run" && rest[0] === "--" ? rest.slice(1) : [];
  if (argv.length === 0) {
    process.stderr.write(USAGE);
    return 64;
  }
  // The terminal sends its Ctrl-C to the command too, and the command decides.
  process.on("SIGINT", () => undefined);
  await using testbed = await Testbed.boot();
  const child = testbed.spawn(argv, { cwd: "/root", stdio: ["inherit", "inherit", "inherit"] });
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return status ?? 128 + constants.signals[signal ?? "SIGKILL"];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`testbed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
