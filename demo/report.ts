import { styleText } from "node:util";
import { duration, indent, stepLine, stepTime, wrap } from "./layout.ts";

type Style = Parameters<typeof styleText>[0];
type Note = (text: string) => void;

const WIDTH = 80;
const WIDEST = 100;

/** A step that did not hold, with its reason as the cause. */
export class StepFailed extends Error {
  readonly label: string;
  /** The units whose journal may tell more. */
  readonly units: readonly string[];

  /** A sentence, or what a command said. */
  readonly reason: string;

  constructor(label: string, units: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${label}: ${reason}`, { cause });
    this.name = "StepFailed";
    this.label = label;
    this.units = units;
    this.reason = reason;
  }
}

/** Prints steps as they happen. */
export class Report {
  readonly #stream: NodeJS.WriteStream;
  readonly #begunAt = performance.now();
  readonly #width: number;
  #units: readonly string[] = [];
  #held = 0;
  #isMuted = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    // A terminal may not know its size, and a pipe has none.
    this.#width = Math.min(stream.columns || WIDTH, WIDEST);
  }

  /** A paragraph at the left edge. */
  say(text: string): void {
    this.#print(wrap(text, this.#width).join("\n"));
  }

  /** `units`: those whose journal may explain a step of the chapter that does not hold. */
  chapter(title: string, units: readonly string[]): void {
    this.#units = units;
    this.#print(`\n${this.#paint("bold", title)}`);
  }

  /** Runs a step. It holds when `work` resolves; what `work` notes stands below it. */
  async step<T>(label: string, work: (note: Note) => Promise<T>): Promise<T> {
    const begunAt = performance.now();
    const notes: string[] = [];
    this.#showPending(label);
    try {
      const value = await work((text) => notes.push(text));
      this.#held++;
      this.#show("✓", "green", label, begunAt);
      if (notes.length > 0) this.#print(this.#paint("dim", indent(notes.join("\n"), this.#width)));
      return value;
    } catch (error) {
      this.#show("✗", "red", label, begunAt);
      throw new StepFailed(label, this.#units, error);
    }
  }

  /** The reason of a step that did not hold. */
  below(text: string): void {
    this.#print(indent(text, this.#width));
  }

  /** Lines of others, as they are. */
  quote(text: string): void {
    this.#print(this.#paint("dim", text));
  }

  summary(): void {
    const total = duration(performance.now() - this.#begunAt);
    this.#print(`\n${this.#paint("green", `All ${this.#held} steps held`)}, in ${total}.`);
  }

  /** The last words: what still goes on after them is nobody's news. */
  mute(words: string): void {
    this.#print(`\n${words}`);
    this.#isMuted = true;
  }

  #show(mark: string, style: Style, label: string, begunAt: number): void {
    const time = stepTime(performance.now() - begunAt);
    const { left, right } = stepLine(mark, label, time, this.#width);
    const erase = this.#stream.isTTY ? "\r\u001b[K" : "";
    this.#print(`${erase}${left.replace(mark, this.#paint(style, mark))}${this.#paint("dim", right)}`);
  }

  /** Something to look at while it takes its time: a question, as what a label says may not hold yet. Only a terminal can take it back, and only one line of it. */
  #showPending(label: string): void {
    if (!this.#stream.isTTY || this.#isMuted) return;
    this.#stream.write(this.#paint("dim", `  … ${label}?`.slice(0, this.#width - 1)));
  }

  #paint(style: Style, text: string): string {
    // styleText respects NO_COLOR by itself from Node 22.13 on; on 20 it always paints.
    return this.#stream.isTTY && this.#stream.hasColors() ? styleText(style, text) : text;
  }

  #print(text: string): void {
    if (!this.#isMuted) this.#stream.write(`${text}\n`);
  }
}
