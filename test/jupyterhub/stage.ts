import { afterAll, beforeAll, jest } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Testbed } from "../../testbed/index.ts";
import { openBrowser } from "./browser.ts";
import { bootJupyterHub, startHub, type WorldOptions } from "./world.ts";

const TIMEOUT_MS = 300_000;
/** A server may start slowly where many start at once. */
const PAGE_TIMEOUT_MS = 120_000;
/** What a laptop shows. */
const VIEWPORT = { width: 1280, height: 800 };

/** One machine with a JupyterHub that runs, and a browser in front of it, for the tests of a file. */
export class JupyterStage {
  #testbed: Testbed | null = null;
  #browser: Browser | null = null;

  constructor(options: WorldOptions) {
    jest.setTimeout(TIMEOUT_MS);
    beforeAll(async () => {
      this.#testbed = await bootJupyterHub(options);
      await startHub(this.#testbed);
    });
    afterAll(async () => {
      await this.#browser?.close();
      await this.#testbed?.shutdown();
    });
  }

  get testbed(): Testbed {
    if (this.#testbed === null) throw new Error("the testbed is not up");
    return this.#testbed;
  }

  /** A page of somebody who was never here: no cookies. */
  async newPage(): Promise<Page> {
    this.#browser ??= await openBrowser(this.testbed);
    const context = await this.#browser.newContext({ viewport: VIEWPORT });
    context.setDefaultTimeout(PAGE_TIMEOUT_MS);
    return context.newPage();
  }

  /** Resolves when a unit has come to rest: the page may be there before, for the hub waits no longer than it must. */
  async stopped(unit: string): Promise<void> {
    const wait = 'until [ "$(systemctl show --value -p ActiveState "$1")" = inactive ]; do sleep 0.05; done';
    await this.testbed.run(["sh", "-c", wait, "stopped", unit]);
  }

  /** A property of a unit, as systemctl prints it. */
  async property(unit: string, name: string): Promise<string> {
    const { stdout } = await this.testbed.run(["systemctl", "show", "--value", `--property=${name}`, unit]);
    return stdout.trim();
  }
}

export const setJupyterStage = (options: WorldOptions = {}): JupyterStage => new JupyterStage(options);
