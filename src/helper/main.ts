import { parseArgs } from "node:util";
import { assemble } from "./daemon.ts";
import { inheritedSocket } from "./activation.ts";
import { log } from "./log.ts";
import { Lifecycle } from "./lifecycle.ts";
import { VERSION } from "./version.ts";

const EX_USAGE = 64;

const HELP = `usage: helper [--socket PATH]

The hub-helper daemon. systemd starts it through helper.socket.

  --socket PATH  listen on PATH instead of systemd's socket (for development)
  --version      print the version
  --help         print this
`;

const options = {
  socket: { type: "string" },
  version: { type: "boolean" },
  help: { type: "boolean" },
} as const;

function fail(sentence: string): never {
  log.fatal({ event: "not-started", problem: sentence }, sentence);
  process.exit(EX_USAGE);
}

function readArguments(): { socket?: string; version?: boolean; help?: boolean } {
  try {
    return parseArgs({ options, strict: true }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const given = readArguments();
if (given.help || given.version) {
  process.stdout.write(given.help ? HELP : `${VERSION}\n`);
} else {
  const inherited = given.socket === undefined ? inheritedSocket(process.env, process.pid) : null;
  if (typeof inherited === "string") fail(inherited);
  const where = inherited === null ? { path: given.socket ?? "" } : { fd: inherited };
  await new Lifecycle(assemble()).run(where);
}
