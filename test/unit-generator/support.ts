import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../src/unit-generator/account.ts";
import { generate } from "../../src/unit-generator/generate.ts";
import { Refusal } from "../../src/unit-generator/refusal.ts";
import type { World } from "../../src/unit-generator/world.ts";

export const SERVICE = "hub-{user}.service";
export const NAMED = "hub-{user}@.service";
export const TEXT = "[Service]\nUser={user}\nSlice=hub-{unit}.slice\nWorkingDirectory={home}\n";

/** What a run came to. */
export interface Ran {
  readonly lines: readonly string[];
  readonly refusal: Refusal | null;
}

/** A place with templates and units of its own, and a handful of accounts. */
export class Place implements Disposable {
  readonly base = mkdtempSync(join(tmpdir(), "unit-generator-"));
  readonly accounts = new Map<string, Entry | Error>();
  readonly templates = this.#directory("templates");
  readonly units = this.#directory("units");
  readonly admin = this.#directory("admin");
  readonly system = this.#directory("system");

  constructor() {
    this.add("zoe", 1001).add("wash", 1002).add("a-b", 1003).add("root", 0);
    this.template(SERVICE, TEXT).template(NAMED, TEXT);
  }

  #directory(name: string): string {
    const path = join(this.base, name);
    mkdirSync(path, { mode: 0o755 });
    return path;
  }

  add(name: string, uid: number, home = `/home/${name}`): this {
    this.accounts.set(name, { name, uid, home });
    return this;
  }

  template(name: string, text: string): this {
    const path = join(this.templates, name);
    writeFileSync(path, text);
    chmodSync(path, 0o644);
    return this;
  }

  /** Runs the generator. */
  async run(...args: readonly string[]): Promise<Ran> {
    const lines: string[] = [];
    const world: World = {
      templates: this.templates,
      units: this.units,
      admin: this.admin,
      system: [this.system],
      trust: { base: this.base, owner: process.getuid?.() ?? 0 },
      lookUp: (name) => {
        const found = this.accounts.get(name) ?? null;
        return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
      },
      say: (line) => void lines.push(line.replaceAll(`${this.base}/`, "")),
    };
    try {
      await generate(args, world);
      return { lines, refusal: null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { lines, refusal: error };
    }
  }

  /** The kind of a refusal and its sentence. */
  async refusal(...args: readonly string[]): Promise<string> {
    const { refusal, lines } = await this.run(...args);
    if (lines.length > 0) throw new Error(`it did something: ${lines.join()}`);
    return refusal === null ? "" : `${refusal.kind}: ${refusal.message.replaceAll(`${this.base}/`, "")}`;
  }

  names(): string[] {
    return readdirSync(this.units).sort();
  }

  unit(name: string): string {
    return readFileSync(join(this.units, name), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true });
  }
}
