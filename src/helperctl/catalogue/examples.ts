import type { Example } from "../command.ts";

/** Examples of those commands whose usage line does not say it all. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  list: [{ line: "helperctl list --json", text: "for scripts; no colours, nothing cut" }],
  show: [
    { line: "helperctl show zoe", text: "zoe's default server" },
    { line: "helperctl show zoe gpu --lines 50", text: "her server named gpu, with more of its journal" },
  ],
  top: [{ line: "helperctl top --sort memory", text: "what uses most memory stands first" }],
  watch: [{ line: "helperctl watch --json | jq --unbuffered .", text: "one JSON object for each change" }],
  start: [{ line: "helperctl start zoe gpu", text: "the server of zoe that is named gpu" }],
  explain: [
    { line: "helperctl explain start zoe --as jupyter", text: "may the account jupyter start zoe's server?" },
    { line: "helperctl explain start zoe --as hub.service", text: "may the process of this unit?" },
  ],
  "who-can": [{ line: "helperctl who-can start zoe", text: "every hub that may start zoe's server" }],
  check: [
    { line: "helperctl check", text: "the policy in force, and the units behind it" },
    { line: "helperctl check --policy-only ./policy.toml", text: "a draft, before it is put in place" },
    { line: "helperctl check --strict --quiet", text: "in a script: an exit status" },
  ],
  log: [
    { line: 'helperctl log --denied --since "1 hour ago"', text: "what was refused of late" },
    { line: "helperctl log --id login-17", text: "what became of the hub's request of that id" },
    { line: "helperctl log --user zoe --follow", text: "what is asked for about zoe, as it comes" },
  ],
  doctor: [{ line: "helperctl doctor --json", text: "the findings, for a monitoring system" }],
  "policy-from-sudoers": [
    {
      line: "helperctl policy-from-sudoers /etc/sudoers.d/jupyterhub >policy.toml",
      text: "a draft to read, to check and to put in place",
    },
  ],
  completion: [
    {
      line: 'eval "$(helperctl completion bash)"',
      text: "in this shell alone, where scripts/install did not put it in place",
    },
  ],
};
