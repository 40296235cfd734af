import type { Command } from "./command.ts";

/** Every command but `help`. Each is loaded when it is called: `status` has no use for libc or a TOML parser. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  check: {
    summary: "say whether the policy loads, and what is wrong with it",
    words: ["[FILE]"],
    options: { quiet: { text: "print errors alone: neither warnings nor the verdict" } },
    about: [
      "Loads /etc/hub-helper/policy.toml and its policy.d/*.toml as the helper does, and prints each problem as file:line:column: text.",
      "With FILE, loads that file and the policy.d beside it. They too must belong to root, and no directory on the way may be writable by others: what is believed there is believed here.",
    ],
    load: async () => (await import("./commands/check.ts")).check,
  },
};
