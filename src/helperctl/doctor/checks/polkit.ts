import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../../finding.ts";
import type { Check } from "../check.ts";
import { hubAccounts } from "../hub/hub-accounts.ts";
import { inTurn, putAside } from "../mend.ts";

const RULES = "/etc/polkit-1/rules.d";
/** What polkit asks about a start or a stop. */
const ACTION = "org.freedesktop.systemd1.manage-unit";

const escapeForPattern = (name: string): string => name.replace(/[^\w]/g, "\\$&");

/** JavaScript cannot be judged by looking at it: a rule that names both is worth a look. */
export function judgeRules(file: string, text: string, users: readonly string[]): Finding[] {
  const user = users.find((name) => new RegExp(`["'\`]${escapeForPattern(name)}["'\`]`).test(text));
  if (!text.includes(ACTION) || user === undefined) return [];
  const isOnly = text.split("addRule").length <= 2;
  const rest = isOnly ? "" : "; there is more in the file, so take that rule out by hand";
  return [
    {
      code: "polkit-left-over",
      severity: "warning",
      text: `${file} seems to let ${user}, the hub, start or stop units by itself, which the helper is there for: whoever takes over the hub has that too${rest}`,
      file,
      mend: isOnly ? inTurn(putAside(file)) : null,
    },
  ];
}

async function rulesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory))
      .filter((name) => name.endsWith(".rules"))
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export const polkit: Check = {
  name: "polkit",
  title: `what is left of the polkit way in ${RULES}`,
  isRootOnly: true,
  run: async ({ machine, names, checked }) => {
    const files = await rulesIn(RULES);
    const { policy } = await checked();
    const users = (await hubAccounts(policy, names, machine.accounts)).map(({ name }) => name);
    const judged = files.map(async (file) => judgeRules(file, await readFile(file, "utf8"), users));
    return (await Promise.all(judged)).flat();
  },
};
