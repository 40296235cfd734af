import type { NameService } from "../../policy/types.ts";
import { POLICY_PATHS } from "../../policy/paths.ts";
import type { DescribeResult } from "../../protocol/results.ts";
import type { Checked } from "../check/check-all.ts";
import { checkAll } from "../check/check-all.ts";
import type { PolicyGround } from "../command.ts";
import type { Machine, UnitProperties } from "../machine/machine.ts";
import { HELPER_SERVICE } from "./names.ts";

/** What the checks look at. What several of them need is found out once. */
export interface Context {
  readonly machine: Machine;
  readonly names: NameService;
  readonly isRoot: boolean;
  readonly nowMs: number;
  readonly unit: (name: string) => Promise<UnitProperties | null>;
  readonly checked: () => Promise<Checked>;
  /** Asks the helper, only where it runs already. Null: it does not. */
  readonly describe: () => Promise<DescribeResult | null>;
}

export interface ContextParts extends Pick<Context, "machine" | "isRoot" | "nowMs"> {
  readonly ground: PolicyGround;
  /** Asks the helper, which wakes it where it does not run. */
  readonly ask: () => Promise<DescribeResult>;
}

/** Asks once for each name, however often it is wanted. */
function remember<T>(look: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (name) => {
    const answer = answers.get(name) ?? look(name);
    answers.set(name, answer);
    return answer;
  };
}

export function contextOf({ ground, ask, ...parts }: ContextParts): Context {
  const { machine } = parts;
  const unit = remember((name) => machine.systemd.unit(name));
  const describe = async (): Promise<DescribeResult | null> =>
    (await unit(HELPER_SERVICE))?.["ActiveState"] === "active" ? ask() : null;
  const checked = remember(() => checkAll(POLICY_PATHS, ground, machine));
  const described = remember(describe);
  return {
    ...parts,
    names: ground.names,
    unit,
    checked: () => checked(""),
    describe: () => described(""),
  };
}
