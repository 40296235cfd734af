import { once } from "node:events";
import { constants } from "node:os";
import type { BootOptions } from "./boot.ts";
import { IMAGES } from "./image.ts";
import { Testbed } from "./testbed.ts";

const USAGE = `usage: testbed shell [IMAGE]            a root shell in a fresh container
       testbed run [IMAGE] -- COMMAND   a command in a fresh container, as root

IMAGE is one of ${IMAGES.map((image) => `--${image}`).join(", ")} (--trixie if not given), or --own for this machine's own files.
`;

interface Request {
  readonly argv: readonly string[];
  readonly options: BootOptions;
}

function parse([verb, ...rest]: readonly string[]): Request | null {
  const [flag = ""] = rest;
  const image = IMAGES.find((name) => flag === `--${name}`);
  const options: BootOptions = flag === "--own" ? { lower: "/" } : image === undefined ? {} : { image };
  const words = Object.keys(options).length > 0 ? rest.slice(1) : rest;
  if (verb === "shell" && words.length === 0) return { argv: ["bash"], options };
  if (verb === "run" && words[0] === "--" && words.length > 1) return { argv: words.slice(1), options };
  return null;
}

/** Leaves with the status of the command, or 128 and the signal's number as shells do. */
async function main(args: readonly string[]): Promise<number> {
  const request = parse(args);
  if (request === null) {
    process.stderr.write(USAGE);
    return 64;
  }
  // The terminal sends its Ctrl-C to the command too, and the command decides.
  process.on("SIGINT", () => undefined);
  await using testbed = await Testbed.boot(request.options);
  const child = testbed.spawn(request.argv, { cwd: "/root", stdio: ["inherit", "inherit", "inherit"] });
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return status ?? 128 + constants.signals[signal ?? "SIGKILL"];
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`testbed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
