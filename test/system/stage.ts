import { afterAll, afterEach, beforeAll } from "@jest/globals";
import type { Testbed } from "../../testbed/index.ts";
import { copyClients, RawClient, type Speaker } from "./raw-client.ts";
import { bootWorld, writeUnit, type WorldOptions } from "./world.ts";

/** The hub, which a rule matches. */
export const HUB: Speaker = { user: "jupyter" };
/** An account that may connect and that no rule matches. */
export const STRANGER: Speaker = { as: { uid: "mallory", gid: "mallory", groups: ["hub-helper"] } };
export const ROOT: Speaker = {};

/** One booted world for the tests of a file, and the connections of each test. */
export class Stage {
  #testbed: Testbed | null = null;
  readonly #clients = new Set<RawClient>();

  constructor(options: WorldOptions) {
    beforeAll(async () => {
      this.#testbed = await bootWorld(options);
      await copyClients(this.#testbed);
    });
    afterEach(async () => {
      await Promise.all([...this.#clients].map((client) => client.close()));
      this.#clients.clear();
    });
    afterAll(async () => {
      await this.#testbed?.shutdown();
    });
  }

  get testbed(): Testbed {
    if (this.#testbed === null) throw new Error("the testbed is not up");
    return this.#testbed;
  }

  /** A connection that ends with the test. */
  async connect(speaker: Speaker = HUB): Promise<RawClient> {
    const client = await RawClient.connect(this.testbed, speaker);
    this.#clients.add(client);
    return client;
  }

  /** Makes an account that the policy lets the hub start servers for, and its unit. @returns the unit's name */
  async server(user: string, lines?: readonly string[], unit?: readonly string[]): Promise<string> {
    await this.testbed.addUser(user, { groups: ["jupyterhub"] });
    return writeUnit(this.testbed, user, lines, unit);
  }

  /** Ends the helper, so that the next call starts another. */
  async restartHelper(): Promise<void> {
    await this.testbed.run(["systemctl", "stop", "helper.service"]);
  }

  /** Resolves when there is nothing at a path any more. */
  async gone(path: string): Promise<void> {
    await this.testbed.run(["sh", "-c", 'while [ -e "$1" ]; do sleep 0.02; done', "gone", path]);
  }

  /** A property of a unit, as systemctl prints it. */
  async property(unit: string, name: string): Promise<string> {
    const { stdout } = await this.testbed.run(["systemctl", "show", "--value", `--property=${name}`, unit]);
    return stdout.trim();
  }
}

export const setStage = (options: WorldOptions = {}): Stage => new Stage(options);
