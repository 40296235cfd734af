import type { Terminal } from "../terminal.ts";
import { renderFrame } from "./frame.ts";
import type { Size } from "./model.ts";

// xterm's ctlseqs, "DEC Private Mode Set": another screen, no cursor, no line that goes on in the next row, and
// pasted text between brackets, so that it cannot press keys.
const ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[?2004h";
const LEAVE = "\u001b[0m\u001b[?2004l\u001b[?7h\u001b[?25h\u001b[?1049l";

/** Where the size is not known: that of a VT100. */
const USUAL: Size = { rows: 24, columns: 80 };

/** A terminal, taken over as a whole and given back as it was. */
export class FullScreen {
  readonly #terminal: Terminal;
  #shown: readonly string[] | null = null;
  #isTaken = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get size(): Size {
    const { rows, columns } = this.#terminal.output;
    // A terminal that nobody told its size says 0.
    return rows > 0 && columns > 0 ? { rows, columns } : USUAL;
  }

  /** Takes the terminal, whatever it was left in: who was stopped and goes on finds the shell's settings. */
  take(): void {
    const { input, output } = this.#terminal;
    // Anew, as the mode that Node remembers may not be the terminal's any more. In the background the kernel stops us here.
    input.setRawMode(false);
    input.setRawMode(true);
    this.#isTaken = true;
    this.#shown = null;
    output.write(ENTER);
  }

  /** Gives the terminal back. Does nothing where that was done already, and waits for nothing: it may be the last thing. */
  giveBack(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    this.#terminal.output.write(LEAVE);
    this.#terminal.input.setRawMode(false);
  }

  /** What is shown is not known any more: the next frame is written as a whole. */
  forget(): void {
    this.#shown = null;
  }

  show(lines: readonly string[]): void {
    if (!this.#isTaken) return;
    const frame = renderFrame(this.#shown, lines);
    this.#shown = lines;
    if (frame !== "") this.#terminal.output.write(frame);
  }
}
