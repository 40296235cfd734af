import type { Testbed } from "../../../testbed/index.ts";

/** Higher than any output, so that nothing scrolls away. */
const ROWS = 400;
/** A screenful is as high as terminals are. */
const SCREEN_ROWS = 24;

const SOCKET = "documented";
const tmux = (...args: readonly string[]): string[] => ["tmux", "-L", SOCKET, ...args];

interface Shown {
  readonly user: string;
  readonly command: string;
  readonly columns: number;
}

export interface Follow extends Shown {
  /** What must be on the screen before the command is ended; with blanks folded. */
  readonly until: (screen: string) => boolean;
  /** What ends it. */
  readonly key: "q" | "C-c";
  readonly isFullScreen: boolean;
}

/** A login session's scope, so that what is typed is where an admin's commands are, and a server that stays. */
export async function openTerminal(testbed: Testbed): Promise<void> {
  const scope = ["systemd-run", "--quiet", "--scope", "--unit=session-1.scope"];
  const keeper = tmux("-f", "/dev/null", "new-session", "-d", "-s", "keeper", "sleep infinity");
  await testbed.run([...scope, ...keeper], { env: { TERM: "xterm-256color" } });
}

async function open(testbed: Testbed, { user, command, columns }: Shown, rows: number): Promise<void> {
  const environment = ["-e", "LANG=C.UTF-8", "-e", "TZ=UTC"];
  const typed = user === "root" ? command : `runuser -u ${user} -- ${command}`;
  // An interrupt is for the command. The pane stays after it, so that it can be looked at; `done` says when that is.
  const script = `trap : INT\n${typed}\ntmux -L ${SOCKET} wait-for -S done; exec sleep infinity`;
  await testbed.run(
    tmux("new-session", "-d", "-s", "shown", `-x${columns}`, `-y${rows}`, ...environment, "sh", "-c", script),
    { env: { TERM: "xterm-256color" } },
  );
}

async function capture(testbed: Testbed): Promise<string> {
  const { stdout } = await testbed.run(tmux("capture-pane", "-p", "-t", "shown"));
  return stdout
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
}

async function close(testbed: Testbed): Promise<void> {
  await testbed.run(tmux("kill-session", "-t", "shown"));
}

/** Types a command in a terminal of its own, and gives what stands on the screen when it has ended. */
export async function type(testbed: Testbed, shown: Shown): Promise<string> {
  await open(testbed, shown, ROWS);
  try {
    await testbed.run(tmux("wait-for", "done"));
    return await capture(testbed);
  } finally {
    await close(testbed);
  }
}

/** Types a command that goes on by itself, and gives the screen from before it is ended. */
export async function typeAndEnd(testbed: Testbed, follow: Follow): Promise<string> {
  await open(testbed, follow, follow.isFullScreen ? SCREEN_ROWS : ROWS);
  try {
    const end = Date.now() + 20_000;
    let screen = await capture(testbed);
    while (!follow.until(screen) && Date.now() < end) screen = await capture(testbed);
    await testbed.run(tmux("send-keys", "-t", "shown", follow.key));
    await testbed.run(tmux("wait-for", "done"));
    return screen;
  } finally {
    await close(testbed);
  }
}
