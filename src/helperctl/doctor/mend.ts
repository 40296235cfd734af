import { quoteForShell, readable } from "../shell-quote.ts";

/** Programs with their arguments, each run when the one before it went well. Null where they could not be shown. */
export const inTurn = (...commands: readonly (readonly string[])[]): string | null =>
  readable(commands.map((argv) => argv.map(quoteForShell).join(" ")).join(" && "));

/** Puts a file out of the way, under a name that neither systemd nor sudo nor polkit takes: their files end otherwise. */
export const putAside = (path: string): readonly string[] => ["mv", "--", path, `${path}.disabled`];

export const DAEMON_RELOAD = ["systemctl", "daemon-reload"] as const;
/** Restarts helper.service as well where it runs, which requires the socket. */
export const RESTART_SOCKET = ["systemctl", "restart", "helper.socket"] as const;
/** Run in the sources: nothing else knows where they are. */
export const INSTALL_AGAIN = "scripts/install";
