import type { FullScreen } from "./full-screen.ts";

/** Whom a stop is for: this process, or all of its job, as the terminal would do it. */
export type Stopped = "process" | "job";

/** The part of being a job that a program in raw mode has to play itself: signal(7), credentials(7) "Process groups". */
export class Suspension {
  readonly #screen: FullScreen;
  readonly #redraw: () => void;
  readonly #onStop = (): void => this.stop("process");
  readonly #onContinue = (): void => this.#goOn();

  constructor(screen: FullScreen, redraw: () => void) {
    this.#screen = screen;
    this.#redraw = redraw;
    process.on("SIGTSTP", this.#onStop);
    process.on("SIGCONT", this.#onContinue);
  }

  /** Gives the terminal back and stops; goes on where somebody says so. */
  stop(whom: Stopped): void {
    this.#screen.giveBack();
    // Without a listener the signal does what it does by itself, and it does so before `kill` returns.
    process.off("SIGTSTP", this.#onStop);
    process.kill(whom === "job" ? 0 : process.pid, "SIGTSTP");
    process.on("SIGTSTP", this.#onStop);
    // Also where nothing has stopped: without a shell to come back to, the kernel ignores the signal.
    this.#goOn();
  }

  end(): void {
    process.off("SIGTSTP", this.#onStop);
    process.off("SIGCONT", this.#onContinue);
  }

  #goOn(): void {
    this.#screen.take();
    this.#redraw();
  }
}
