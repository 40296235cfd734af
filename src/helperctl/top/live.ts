import type { Surroundings } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { FullScreen } from "./full-screen.ts";
import { readKeys } from "./keyboard.ts";
import type { Key } from "./key-reader.ts";
import type { Happening, Model } from "./model.ts";
import { beginWith, reduce } from "./model.ts";
import { renderScreen } from "./render.ts";
import { Sampler } from "./sampler.ts";
import type { SortName } from "./sorts.ts";
import { Suspension } from "./suspension.ts";

const DRAW_MS = 500;
const SAMPLE_MS = 2_000;

interface Options {
  readonly terminal: Terminal;
  readonly sort: SortName;
  readonly around: Surroundings;
  /** Called when a person, or the end of the terminal, says that it is over. */
  readonly onOver: () => void;
}

/** The table on the screen, from its first snapshot to its end. */
export class Live {
  readonly #options: Options;
  readonly #screen: FullScreen;
  readonly #suspension: Suspension;
  readonly #sampler = new Sampler();
  readonly #ended = new AbortController();
  readonly #giveBack = (): void => this.#screen.giveBack();
  #model: Model;

  constructor(options: Options) {
    const { terminal, sort, onOver } = options;
    this.#options = options;
    this.#screen = new FullScreen(terminal);
    this.#model = beginWith(sort, this.#screen.size);
    this.#suspension = new Suspension(this.#screen, () => this.#resize());
    // An error that nobody caught is printed before the process exits: on the screen that it will be read on.
    process.on("uncaughtExceptionMonitor", this.#giveBack);
    process.on("exit", this.#giveBack);
    process.on("SIGHUP", onOver);
    terminal.output.on("resize", this.#resize);
    readKeys(terminal.input, { onKey: (key) => this.#press(key), onEnd: onOver }, this.#ended.signal);
    this.#screen.take();
  }

  /** The first snapshot is there: from now on the screen renews itself. */
  begin(): void {
    const every = (ms: number, what: () => void): void => {
      const timer = setInterval(what, ms);
      this.#ended.signal.addEventListener("abort", () => clearInterval(timer));
    };
    this.#sample();
    this.#draw();
    every(DRAW_MS, () => this.#draw());
    every(SAMPLE_MS, () => this.#sample());
  }

  /** What comes from outside is drawn with the next frame: however much happens, there are two a second. */
  happen(happening: Happening): void {
    this.#model = reduce(this.#model, happening);
  }

  end(): void {
    const { terminal, onOver } = this.#options;
    this.#ended.abort();
    this.#suspension.end();
    terminal.output.off("resize", this.#resize);
    process.off("SIGHUP", onOver);
    process.off("exit", this.#giveBack);
    process.off("uncaughtExceptionMonitor", this.#giveBack);
    this.#screen.giveBack();
  }

  readonly #resize = (): void => {
    this.happen({ type: "resize", size: this.#screen.size });
    this.#screen.forget();
    this.#draw();
  };

  #press(key: Key): void {
    if (key.kind === "named" && key.name === "ctrl-z") {
      this.#suspension.stop("job");
      return;
    }
    if (key.kind === "named" && key.name === "ctrl-l") this.#screen.forget();
    this.happen({ type: "key", key });
    if (this.#model.over) this.#options.onOver();
    else this.#draw();
  }

  #sample(): void {
    const usage = this.#sampler.sample(this.#model.units.values(), performance.now());
    this.happen({ type: "usage", usage });
  }

  #draw(): void {
    const { around } = this.#options;
    this.#screen.show(renderScreen(this.#model, around.screen, around.nowMs()));
  }
}
