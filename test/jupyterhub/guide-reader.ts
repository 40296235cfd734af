import type { Testbed } from "../../testbed/index.ts";
import { isShown, type Step } from "./guide-steps.ts";
import { PASSWORD } from "./world.ts";

/** Where the shell is: the next block goes on there, as it would for somebody who types. */
const PLACE = "/run/guide-place";
/** For `passwd`, which asks twice. */
const ANSWERS = `${PASSWORD}\n${PASSWORD}\n`;

/** A reader of the guide, as root in a container. */
export class GuideReader {
  readonly #testbed: Testbed;

  constructor(testbed: Testbed) {
    this.#testbed = testbed;
  }

  /** Does the steps in order. Throws for a command that fails, or prints something else than is shown. */
  async follow(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === "write") await this.#testbed.write(step.path, step.text);
      else await this.#type(step.text, step.shown);
    }
  }

  async #type(text: string, shown: string | null): Promise<void> {
    const script = `set -eu; cd "$(cat ${PLACE} || pwd)"; exec 2>&1\n${text}pwd >${PLACE}`;
    const { stdout } = await this.#testbed.run(["bash", "-c", script], {
      input: ANSWERS,
      timeoutMs: 180_000,
    });
    if (shown !== null && !isShown(shown, stdout)) {
      throw new Error(`The guide shows\n${shown}\nand what was printed is\n${stdout}`);
    }
  }
}
