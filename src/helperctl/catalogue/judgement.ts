import type { Command } from "../command.ts";
import { JSON_OPTION, ONLY_USER, STRICT, TARGET, TEMPLATE } from "./common.ts";

/** What explains, checks and looks back. */
export const JUDGEMENT: Readonly<Record<string, Command>> = {
  explain: {
    summary: "say whether a request would be allowed, and why (root only)",
    words: ["METHOD", ...TARGET],
    options: {
      as: {
        value: "PEER",
        text: "whose request it is: a uid, the name of an account, or a unit such as hub.service",
        required: true,
      },
      "as-unit": { value: "UNIT", text: "the unit that the peer is in" },
      template: TEMPLATE,
      json: JSON_OPTION,
    },
    about: [
      "Asks the running helper, which decides as it would for the peer itself and carries nothing out. Prints the verdict, each step that led to it with the file and line of every rule that was considered, and, for what is refused, the nearest rule and the one change that would allow it.",
      "Exits with 0 when the request would be allowed, with 1 when not, and with 4 when whoever asks is not root.",
    ],
    load: async () => (await import("../commands/explain.ts")).explain,
  },
  "who-can": {
    summary: "list every peer that may do something, and by which rule (root only)",
    words: ["METHOD", ...TARGET],
    options: { template: TEMPLATE, json: JSON_OPTION },
    about: [
      "Takes the accounts that the rules name, and the members of the groups that they name, and asks the running helper about each. Exits with 0 when somebody may, with 1 when nobody may.",
    ],
    load: async () => (await import("../commands/who-can.ts")).whoCan,
  },
  check: {
    summary: "say what is wrong with the policy, and with the units behind it",
    words: ["[FILE...]"],
    options: {
      "policy-only": { text: "look at the policy alone, not at the units" },
      quiet: { text: "print errors alone: neither warnings nor the verdict" },
      strict: STRICT,
      json: JSON_OPTION,
    },
    about: [
      "Loads /etc/hub-helper/policy.toml and its policy.d/*.toml as the helper does, and shows each problem with its place in the file and, where a command mends it, the command. Then looks at what loads but smells, and at every unit behind the templates: those of the accounts that rules let somebody start servers for, and those that there are files for. What is the same for several units is told once. Changes nothing, and starts nothing.",
      "With FILE, loads that file and the policy.d beside it, and looks at no unit. They too must belong to root, and no directory on the way may be writable by others: what is believed there is believed here.",
      "Exits with 1 when there are errors; with --strict, also when there are warnings.",
    ],
    load: async () => (await import("../commands/check.ts")).check,
  },
  log: {
    summary: "show the audit log, one line a decision",
    words: [],
    options: {
      user: ONLY_USER,
      id: {
        value: "ID",
        text: "only what was decided for the request of that id, such as JupyterHub's page shows it",
      },
      denied: { text: "only what was refused" },
      since: {
        value: "TIME",
        text: 'from when on, as journalctl takes it: "1 hour ago", yesterday, 2026-01-31',
      },
      lines: { value: "N", text: "only the latest N; 100 if neither --since nor --follow is given" },
      follow: { short: "f", text: "go on with what comes, until interrupted" },
      json: JSON_OPTION,
    },
    about: [
      "Reads the helper's records from the journal, where only root and the members of systemd-journal or adm may look; what others log under the helper's name is not among them. Times are local ones, with the date where that is not today's. A verb during which the helper ended is shown as begun, with an unknown outcome.",
      "With --json each line is a record as the helper wrote it.",
    ],
    load: async () => (await import("../commands/log.ts")).log,
  },
  doctor: {
    summary: "check the whole installation, and say what mends it",
    words: [],
    options: { strict: STRICT, json: JSON_OPTION },
    about: [
      "Looks at the units of the helper, the socket, the directories below /run/hub-helper, the policy and the units behind it, the sandbox and the rights of the hub, what is left of the sudo and polkit ways, the journal, systemd, kernel, Node, bus, clock and disk. Each finding comes with the command that mends it. Changes nothing.",
      "Some of it only root can see; to others it says what it left out. Exits with 1 when there are errors; with --strict, also when there are warnings.",
    ],
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  "policy-from-sudoers": {
    summary: "turn a sudospawner's sudoers file into a policy",
    words: ["FILE"],
    options: {},
    about: [
      "Reads FILE with sudo's own cvtsudoers, and prints the policy that says the same, with comments on what it could not carry over and what to do next. Where the policy would have to allow more than sudo did, the rule is printed as a comment. Nothing is put in force.",
      "FILE may be - for standard input. What it includes is not followed.",
      "Exits with 0 when something was carried over, with 1 when nothing could be, and with 4 when FILE could not be read.",
    ],
    load: async () => (await import("../commands/policy-from-sudoers.ts")).policyFromSudoers,
  },
  completion: {
    summary: "print the completions of commands and options for a shell",
    words: ["SHELL"],
    options: {},
    about: [
      "SHELL is bash, zsh or fish. scripts/install puts all three where the shells look for them, so this is for shells of another place.",
    ],
    load: async () => (await import("../commands/completion.ts")).completion,
  },
};
