import { openMachine } from "../../../src/helperctl/machine/machine.ts";
import type { NameService, Policy } from "../../../src/policy/types.ts";
import { PolicyDirectory } from "../../policy/support.ts";
import type { Ran } from "../support.ts";
import { helperctl } from "../support.ts";
import { withFile } from "./support.ts";

/** Knows every name, and gives each an id of its own. */
export function knowingNames(): NameService {
  const ids = new Map<string, number>();
  const idOf = (name: string): number => {
    const id = ids.get(name) ?? 2000 + ids.size;
    ids.set(name, id);
    return id;
  };
  return {
    userByName: (name) => Promise.resolve({ name, uid: idOf(name), gid: 100, groups: [100] }),
    groupByName: (name) => Promise.resolve(idOf(name)),
  };
}

/** Loads a policy as the helper does, where every name is known. */
export async function loadText(text: string): Promise<Policy> {
  const directory = new PolicyDirectory().write(text);
  try {
    return await directory.load(knowingNames());
  } finally {
    directory.remove();
  }
}

export interface SaidRule {
  readonly peer: string;
  readonly users: readonly string[];
  readonly group: string | null;
}

/** What the rules of a policy say, briefly. */
export const rulesOf = ({ rules }: Policy): SaidRule[] =>
  rules.map(({ peer, target }) => ({
    peer: peer.user ?? `%${peer.group ?? ""}`,
    users: [...target.users],
    group: target.group,
  }));

/** Runs `helperctl policy-from-sudoers` on a text, on this machine. */
export const convert = (text: string): Promise<Ran> =>
  withFile(text, (path) => helperctl(["policy-from-sudoers", path], { machine: openMachine() }));
