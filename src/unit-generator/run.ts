import { accountEntry } from "../helper/posix/accounts.ts";
import { ROOT_ALONE } from "../policy/open-safely.ts";
import { generate } from "./generate.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** The machine that the program runs on. */
const MACHINE: Omit<World, "say"> = {
  templates: "/etc/hub-helper/units",
  units: "/run/systemd/system",
  admin: "/etc/systemd/system",
  system: ["/usr/lib/systemd/system", "/usr/local/lib/systemd/system", "/lib/systemd/system"],
  trust: ROOT_ALONE,
  lookUp: accountEntry,
};

export interface Voice {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The program: gives its exit status. */
export async function run(args: readonly string[], { say, complain }: Voice): Promise<number> {
  try {
    await generate(args, { ...MACHINE, say });
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    complain(error.message);
    return error.exitStatus;
  }
}
