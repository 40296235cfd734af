import { basename } from "node:path";
import type { Policy, Template } from "../../policy/types.ts";
import type { ServerName, TemplateName, UserName } from "../../protocol/target.ts";
import type { UnitName } from "../../units/pattern.ts";
import { renderPattern } from "../../units/pattern.ts";
import { globsOf, targetOfUnit } from "../../units/resolve.ts";
import type { Machine } from "../machine/machine.ts";
import type { UnitBehind } from "./complaint.ts";

/** A server that nobody has: through it a template file such as `...-zoe@.service` is loaded. */
const PROBE = "helperctl-check" as ServerName;
const DEFAULT = "" as ServerName;

/** What systemd knows of. */
interface Known {
  /** Names of unit files. */
  readonly files: ReadonlySet<string>;
  readonly memory: ReadonlySet<string>;
}

type Targets = ReadonlyMap<TemplateName, ReadonlyMap<UserName, unknown>>;

const fileOfInstance = (unit: string): string => unit.replace(/@.*\.service$/, "@.service");

/** The template file of a unit's name stands for all its instances. */
const probeOf = (file: string): string => file.replace(/@\.service$/, `@${PROBE}.service`);

/** Every unit that is to be looked at: those of the accounts that rules are for, those with files, and those in memory. */
export class UnitsBehind {
  readonly #policy: Policy;
  readonly #targets: Targets;
  readonly #known: Known;
  readonly #units = new Map<string, UnitBehind>();

  private constructor(policy: Policy, targets: Targets, known: Known) {
    this.#policy = policy;
    this.#targets = targets;
    this.#known = known;
  }

  static async find(policy: Policy, targets: Targets, { systemd }: Machine): Promise<UnitBehind[]> {
    const globs = globsOf(policy.templates.values());
    if (globs.length === 0) return [];
    const [files, memory] = await Promise.all([systemd.unitFiles(globs), systemd.unitsInMemory(globs)]);
    const known = { files: new Set(files.map((path) => basename(path))), memory: new Set(memory) };
    const units = new UnitsBehind(policy, targets, known);
    for (const template of policy.templates.values()) units.#addTargets(template);
    for (const name of known.files) units.#addFile(name);
    for (const name of memory) units.#addNamed(name, name);
    return [...units.#units.values()];
  }

  #add(name: UnitName, label: string, user: UserName, template: Template): void {
    if (this.#units.has(name)) return;
    const { files, memory } = this.#known;
    const isTarget = this.#targets.get(template.name)?.has(user) ?? false;
    const isThere = files.has(name) || files.has(fileOfInstance(name)) || memory.has(name);
    this.#units.set(name, { name, label, user, template, isTarget, isThere });
  }

  #addTargets(template: Template): void {
    for (const user of this.#targets.get(template.name)?.keys() ?? []) {
      const unit = renderPattern(template.unit, { user, server: DEFAULT });
      if (unit !== null) this.#add(unit, unit, user, template);
      const named = template.namedUnit && renderPattern(template.namedUnit, { user, server: PROBE });
      if (named === null) continue;
      const file = fileOfInstance(named);
      if (this.#known.files.has(file)) this.#add(named, file, user, template);
    }
  }

  #addFile(file: string): void {
    const isTemplateFile = file.endsWith("@.service");
    const target = this.#addable(isTemplateFile ? probeOf(file) : file);
    // Where the probe stands in the place of the user, the file is everybody's, and the targets stand for it.
    if (isTemplateFile && target?.target.server !== PROBE) return;
    this.#addNamed(isTemplateFile ? probeOf(file) : file, file);
  }

  #addable(name: string) {
    return targetOfUnit(this.#policy.templates.values(), name);
  }

  #addNamed(name: string, label: string): void {
    const found = this.#addable(name);
    const template = found === null ? undefined : this.#policy.templates.get(found.target.template);
    if (found === null || template === undefined) return;
    const isProbe = found.target.server === PROBE;
    this.#add(found.unit, isProbe ? fileOfInstance(label) : label, found.target.user, template);
  }
}
