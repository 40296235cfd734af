import type { Complaint, LoadedUnit } from "../complaint.ts";
import { fragmentOf, spotOf } from "../complaint.ts";
import type { Assignment } from "../../../units/unit-file.ts";
import { listOf } from "../../../units/unit-file.ts";

const STAGED = "/run/hub-helper/credentials/";
const KEYS = ["LoadCredential", "LoadCredentialEncrypted"] as const;

interface Taken {
  readonly key: (typeof KEYS)[number];
  readonly id: string;
  /** With nothing of `%n` left in it. */
  readonly path: string;
}

/** `a(ss)`: id and path, as systemd has expanded them. */
const takenBy = ({ properties }: LoadedUnit): Taken[] =>
  KEYS.flatMap((key) => {
    const pairs = (properties[key] as [string, string][] | undefined) ?? [];
    return pairs.map(([id, path]) => ({ key, id, path }));
  }).filter(({ path }) => `${path}/`.startsWith(STAGED));

const assignmentOf = ({ assignments }: LoadedUnit, { key, id }: Taken): Assignment | null =>
  listOf(assignments, key).find(({ value }) => value === id || value.startsWith(`${id}:`)) ?? null;

const fails = "the start fails with 243";

/** What is wrong with one path below the staging directory; null: nothing. */
function problemOf(unit: LoadedUnit, { key, path }: Taken): string | null {
  if (key === "LoadCredentialEncrypted") {
    return `${key}= of what the helper stages, which is not encrypted: ${fails}; LoadCredential= takes it`;
  }
  const [directory = "", ...below] = path.slice(STAGED.length).split("/").filter(Boolean);
  if (directory !== unit.name) {
    return `${key}= of ${STAGED}${directory}, and what the helper stages for this unit is in ${STAGED}%n: ${fails}, or with what is another unit's`;
  }
  if (below.length === 0) return null;
  const { credentials } = unit.template;
  const name = below.join("/");
  if (credentials === null) {
    return `${key}= of what the helper stages, and template ${unit.template.name} has no credentials: ${fails}`;
  }
  return name === "env" || credentials.files.has(name)
    ? null
    : `${key}= of "${name}", which template ${unit.template.name} has no credential for: ${fails}`;
}

function lintOne(unit: LoadedUnit, taken: Taken): Complaint[] {
  const problem = problemOf(unit, taken);
  if (problem === null) return [];
  const at = spotOf(assignmentOf(unit, taken)) ?? fragmentOf(unit);
  const general = problem.replaceAll(unit.user, "...");
  return [{ code: "unit-credentials", severity: "error", unit, problem, general, at, mend: null }];
}

/** Whether what the hub hands over reaches the unit, and no other does. */
export function lintCredentials(unit: LoadedUnit): Complaint[] {
  const taken = takenBy(unit);
  if (taken.length > 0 || unit.template.credentials === null) {
    return taken.flatMap((each) => lintOne(unit, each));
  }
  return [
    {
      code: "unit-credentials-unused",
      severity: "warning",
      unit,
      problem: `it takes none of the credentials that template ${unit.template.name} has: no LoadCredential=hub:${STAGED}%n`,
      at: fragmentOf(unit),
      mend: null,
    },
  ];
}
