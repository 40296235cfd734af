import type { Testbed } from "../../testbed/index.ts";

interface TmuxOptions {
  /** Whose shell it is; root's if not given. */
  readonly user?: string;
}

/** A terminal inside the testbed with a shell in it: its screen can be looked at, and its keys be pressed. */
export class Tmux implements AsyncDisposable {
  readonly #testbed: Testbed;
  readonly #user: string;

  private constructor(testbed: Testbed, user: string) {
    this.#testbed = testbed;
    this.#user = user;
  }

  /** 80 columns, 24 rows. */
  static async open(testbed: Testbed, { user = "root" }: TmuxOptions = {}): Promise<Tmux> {
    const terminal = new Tmux(testbed, user);
    await terminal.#tmux("new-session", "-d", "-x", "80", "-y", "24", "env PS1='$ ' bash --norc");
    return terminal;
  }

  /** Types a command line, and Enter. */
  async run(line: string): Promise<void> {
    await this.#tmux("send-keys", "-l", line);
    await this.press("Enter");
  }

  /** Presses keys by tmux's names for them: q, Escape, C-z, PageDown. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Resolves to the screen once it shows what an extended regular expression, as grep has them, matches. */
  async shows(pattern: string): Promise<string> {
    const script =
      'until screen=$(tmux capture-pane -p) && printf "%s\\n" "$screen" | grep -qE -- "$1"; do sleep 0.05; done; printf "%s\\n" "$screen"';
    const { stdout } = await this.#testbed.run(["sh", "-c", script, "shows", pattern], { user: this.#user });
    return stdout.trimEnd();
  }

  /** Resolves to the screen once it does not show that any more. */
  async hides(pattern: string): Promise<string> {
    const script =
      'while screen=$(tmux capture-pane -p) && printf "%s\\n" "$screen" | grep -qE -- "$1"; do sleep 0.05; done; printf "%s\\n" "$screen"';
    const { stdout } = await this.#testbed.run(["sh", "-c", script, "hides", pattern], { user: this.#user });
    return stdout.trimEnd();
  }

  /** The process that the shell runs. */
  async child(): Promise<string> {
    const script = 'pgrep --parent "$(tmux display-message -p "#{pane_pid}")"';
    const { stdout } = await this.#testbed.run(["sh", "-c", script], { user: this.#user });
    return stdout.trim();
  }

  /** What the terminal is set to, the screen's size with it. The shell must be waiting for a line. */
  async settings(): Promise<string> {
    const script = 'stty --all --file="$(tmux display-message -p "#{pane_tty}")"';
    const { stdout } = await this.#testbed.run(["sh", "-c", script], { user: this.#user });
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: readonly string[]): Promise<void> {
    await this.#testbed.run(["tmux", ...args], { user: this.#user });
  }
}
