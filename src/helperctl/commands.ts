import type { Command, Option } from "./command.ts";

const json: Option = { text: "print what the helper answered, as JSON" };

/** Every command but `help`. Each is loaded when it is called: `status` has no use for libc or a TOML parser. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  status: {
    summary: "show the helper at a glance, and what you may use",
    words: [],
    options: { json },
    about: [
      "Shows the helper's version, who you are to it, and what the policy lets you use. To root also the policy in force with its warnings, connections, counts since the helper was started, and the last refusals, newest first.",
    ],
    load: async () => (await import("./commands/status.ts")).status,
  },
  list: {
    summary: "list the servers that you may see",
    words: [],
    options: {
      user: { value: "USER", text: "only this user's" },
      template: { value: "TEMPLATE", text: "only those of this template" },
      json,
    },
    about: ["Lists what is not inactive, and what has credentials staged."],
    load: async () => (await import("./commands/list.ts")).list,
  },
  explain: {
    summary: "say whether a request would be allowed, and why (root only)",
    words: ["METHOD", "USER", "[SERVER]"],
    options: {
      as: { value: "PEER", text: "whose request it is: a uid, or the name of an account", required: true },
      "as-unit": { value: "UNIT", text: "the unit that the peer is in" },
      template: { value: "TEMPLATE", text: "the template, where it is not the default one" },
      json,
    },
    about: [
      "Asks the running helper, which decides as it would for the peer itself and carries nothing out. Prints the verdict and each step that led to it. Exits with 0 when the request would be allowed, with 1 when not, and with 4 when whoever asks is not root.",
    ],
    load: async () => (await import("./commands/explain.ts")).explain,
  },
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
