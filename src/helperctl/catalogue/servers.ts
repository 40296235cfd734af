import type { Command } from "../command.ts";
import { JSON_OPTION, ONLY_TEMPLATE, ONLY_USER, TARGET, TEMPLATE } from "./common.ts";

const TIMEOUT = { value: "SECONDS", text: "how long to wait for systemd: 1 to 600, 120 if not given" };
const UNDER_THE_POLICY =
  "Goes through the helper, under the policy: root needs a rule for this like everybody else (helperctl explain --as root says which).";

/** What shows and changes servers. */
export const SERVERS: Readonly<Record<string, Command>> = {
  status: {
    summary: "show the helper at a glance, and what you may use",
    words: [],
    options: { json: JSON_OPTION },
    about: [
      "Shows the helper's version, who you are to it, and what the policy lets you use. To root also its socket, how often it was started, who is connected, the policy in force with its warnings, what it was asked for since it was started, the last refusals (newest first), how tight its sandbox is, and in one line what helperctl doctor would complain of.",
    ],
    load: async () => (await import("../commands/status.ts")).status,
  },
  list: {
    summary: "list the servers that you may see",
    words: [],
    options: { user: ONLY_USER, template: ONLY_TEMPLATE, json: JSON_OPTION },
    about: [
      "Lists what is not inactive, and what has credentials staged. An asterisk marks a server whose unit file has changed since systemd read it. On a terminal that is too narrow for all, the units' names are left out.",
    ],
    load: async () => (await import("../commands/list.ts")).list,
  },
  show: {
    summary: "show everything about one server",
    words: TARGET,
    options: {
      template: TEMPLATE,
      lines: {
        value: "N",
        text: "how many lines of the journal, and records of the audit log; 10 if not given",
      },
      json: JSON_OPTION,
    },
    about: [
      "Shows the state of one server and of the unit behind it: its files, its slice with limits and use, how tight its sandbox is, which credentials are staged (names and sizes, never values), its last job, and what the audit log and the journal say of it last.",
      "Exits with 0 when the server runs, with 1 when it does not.",
    ],
    load: async () => (await import("../commands/show.ts")).show,
  },
  top: {
    summary: "watch the servers in a table that renews itself",
    words: [],
    options: {
      user: ONLY_USER,
      template: ONLY_TEMPLATE,
      sort: { value: "COLUMN", text: "user, server, state, age, memory, cpu or tasks; user if not given" },
    },
    about: [
      "Follows the helper's events, and reads how much each server uses from its control group. Needs a terminal.",
      "Keys: u s t a m c k sort by user, server, state, age, memory, CPU, tasks; r turns the order around; / takes a filter, Escape takes it away; the arrows, PgUp and PgDn move; q quits.",
    ],
    load: async () => (await import("../commands/top.ts")).top,
  },
  watch: {
    summary: "print a line for each change of a server, for scripts",
    words: [],
    options: { user: ONLY_USER, template: ONLY_TEMPLATE, json: JSON_OPTION },
    about: [
      "Prints first a line for each server that there is, then one for each change, until it is interrupted. With --json each line is an object.",
    ],
    load: async () => (await import("../commands/watch.ts")).watch,
  },
  start: {
    summary: "start a server",
    words: TARGET,
    options: { template: TEMPLATE, timeout: TIMEOUT, json: JSON_OPTION },
    about: [
      UNDER_THE_POLICY,
      "Waits until systemd is done. When the server does not start, says why in a sentence, and prints the last lines of its journal.",
    ],
    load: async () => (await import("../commands/start.ts")).start,
  },
  stop: {
    summary: "stop a server",
    words: TARGET,
    options: { template: TEMPLATE, timeout: TIMEOUT, json: JSON_OPTION },
    about: [UNDER_THE_POLICY, "Waits until the server is down. Stopping what does not run succeeds."],
    load: async () => (await import("../commands/stop.ts")).stop,
  },
  "reset-failed": {
    summary: "let a server forget that it failed, and its start limit",
    words: TARGET,
    options: { template: TEMPLATE, json: JSON_OPTION },
    about: [UNDER_THE_POLICY],
    load: async () => (await import("../commands/reset-failed.ts")).resetFailed,
  },
};
