import type { Run } from "../command.ts";
import { EXIT } from "../exit-status.ts";
import { withMachine } from "../machine/with-machine.ts";
import type { Screen } from "../screen.ts";
import { paint } from "../screen.ts";
import { judgeAccounts, namesOf } from "../sudoers/judge-accounts.ts";
import { lookUpNames } from "../sudoers/look-up-names.ts";
import { readSudoers } from "../sudoers/read-sudoers.ts";
import { renderPolicy } from "../sudoers/render-policy.ts";
import { translate } from "../sudoers/translate.ts";

const dimComments = (screen: Screen, policy: string): string =>
  policy.replace(/^#.*/gm, (line) => paint(screen, "aside", line));

/** Prints the policy that says what a sudoers file says; comments alone where nothing of it could be carried over. */
export const policyFromSudoers: Run = ({ words: [file = ""] }, surroundings) =>
  withMachine(surroundings, async (machine) => {
    const sudoers = await readSudoers(machine, file);
    const translated = translate(sudoers);
    const judged = judgeAccounts(translated, await lookUpNames(machine, namesOf(translated)));
    surroundings.print(dimComments(surroundings.screen, renderPolicy(judged, sudoers.source)));
    return judged.carried.length > 0 ? EXIT.yes : EXIT.no;
  });
