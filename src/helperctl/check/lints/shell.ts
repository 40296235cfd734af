import { EXEC_DIRECTIVES } from "../../../units/raw-unit.ts";
import type { Complaint, LoadedUnit } from "../complaint.ts";
import { spotOf } from "../complaint.ts";
import { execCommands } from "../exec-words.ts";
import { codeOf, nameSpecifiers } from "../shell-text.ts";
import type { Assignment } from "../../../units/unit-file.ts";
import { listOf } from "../../../units/unit-file.ts";

const ADVICE = `give it to the shell as an argument instead: sh -c '... "$1" ...' sh`;

function complain(unit: LoadedUnit, assignment: Assignment): Complaint[] {
  const code = execCommands(assignment.value).flatMap(({ argv }) => codeOf(argv));
  const [specifier] = code.flatMap(nameSpecifiers);
  if (specifier === undefined) return [];
  // The instance is what a hub calls a server. All else of the name was chosen by root, when the file was made.
  const isInstance = unit.name.includes("@");
  const danger = isInstance
    ? "whoever names a server writes shell"
    : "an escaped name, such as ann\\x2dlee, does not mean the same to a shell";
  return [
    {
      code: "unit-shell",
      severity: isInstance ? "error" : "warning",
      unit,
      problem: `%${specifier} stands in the code of a shell (${assignment.key}=): ${danger}; ${ADVICE} %${specifier}`,
      at: spotOf(assignment),
      mend: null,
    },
  ];
}

/** `%i` in the text that a shell executes. */
export const lintShell = (unit: LoadedUnit): Complaint[] =>
  EXEC_DIRECTIVES.flatMap((key) => listOf(unit.assignments, key)).flatMap((each) => complain(unit, each));
