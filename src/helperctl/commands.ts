import { JUDGEMENT } from "./catalogue/judgement.ts";
import { SERVERS } from "./catalogue/servers.ts";
import type { Command } from "./command.ts";

/** Every command but `help`. Each is loaded when it is called: `list` has no use for libc or a TOML parser. */
export const COMMANDS: Readonly<Record<string, Command>> = { ...SERVERS, ...JUDGEMENT };
