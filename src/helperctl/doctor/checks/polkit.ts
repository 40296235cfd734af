import { readdir, readFile } from "node:fs/promises";
import type { Policy } from "../../../policy/types.ts";
import type { Finding } from "../../finding.ts";
import { commandLine } from "../../shell-quote.ts";
import type { Check } from "../check.ts";

const DIRECTORY = "/etc/polkit-1/rules.d";
const ACTION = "org.freedesktop.systemd1.manage-units";

/** A rule is a program: whether it names the hub and systemd's units is all that can be said from outside. */
export function judgeRule(file: string, text: string, users: readonly string[]): Finding[] {
  const named = users.filter((user) => text.includes(`"${user}"`) || text.includes(`'${user}'`));
  if (!text.includes(ACTION) || named.length === 0) return [];
  const sentence = `it may let ${named.join(", ")} manage systemd's units, which the helper takes the place of`;
  return [
    {
      code: "polkit-left-over",
      severity: "warning",
      file,
      text: sentence,
      mend: commandLine(["mv", file, `${file}.disabled`]),
    },
  ];
}

const hubUsers = (policy: Policy | null): string[] =>
  (policy?.rules ?? [])
    .filter(({ methods }) => methods.has("start"))
    .flatMap(({ peer }) => (peer.user === null || peer.user === "root" ? [] : [peer.user]));

async function ruleFiles(): Promise<string[]> {
  try {
    const names = await readdir(DIRECTORY);
    return names.filter((name) => name.endsWith(".rules")).map((name) => `${DIRECTORY}/${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** What is left of the polkit way. */
export const polkit: Check = {
  name: "polkit",
  title: "what is left of the polkit way",
  needsRoot: true,
  async run({ policy }) {
    const users = hubUsers(await policy());
    const files = await ruleFiles();
    return (
      await Promise.all(files.map(async (file) => judgeRule(file, await readFile(file, "utf8"), users)))
    ).flat();
  },
};
