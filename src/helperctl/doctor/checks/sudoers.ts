import { readdir } from "node:fs/promises";
import type { Policy } from "../../../policy/types.ts";
import type { Finding } from "../../finding.ts";
import { commandLine } from "../../shell-quote.ts";
import type { Grant, Member, Sudoers, UserSpec } from "../../sudoers/model.ts";
import { readSudoers } from "../../sudoers/read-sudoers.ts";
import { SudoersError } from "../../sudoers/sudoers-error.ts";
import type { Check } from "../check.ts";

const FILE = "/etc/sudoers";
const DIRECTORY = "/etc/sudoers.d";
const SPAWNER = /(?:^|\/)sudospawner(?:$|[^A-Za-z0-9])/;

/** sudo passes over names that hold a dot or end in a tilde: sudoers(5), "Including other files". */
const isRead = (name: string): boolean => !name.includes(".") && !name.endsWith("~");

async function sudoersFiles(): Promise<string[]> {
  try {
    const names = await readdir(DIRECTORY);
    return [
      FILE,
      ...names
        .filter(isRead)
        .sort()
        .map((name) => `${DIRECTORY}/${name}`),
    ];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return [FILE];
  }
}

/** Who asks for servers today: what else they may do through sudo is left over from before. */
export interface HubNames {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

const isHub = ({ kind, name }: Member, { users, groups }: HubNames): boolean =>
  kind === "user" ? users.has(name) : kind === "group" && groups.has(name);

function startsSpawner({ commands }: Grant, { commandAliases }: Sudoers): boolean {
  const named = commands.flatMap(({ command, isAlias }) =>
    isAlias ? (commandAliases.get(command) ?? []).map((each) => each.command) : [command],
  );
  return named.some((command) => SPAWNER.test(command));
}

/** A user specification that lets the hub, or anybody, become others for the sake of servers. */
export function isLeftOver(spec: UserSpec, sudoers: Sudoers, hub: HubNames): boolean {
  const users = spec.users.flatMap((member) =>
    member.kind === "alias" ? (sudoers.userAliases.get(member.name) ?? []) : [member],
  );
  return (
    users.some((member) => isHub(member, hub)) || spec.grants.some((grant) => startsSpawner(grant, sudoers))
  );
}

export function judgeSudoers(file: string, sudoers: Sudoers, hub: HubNames): Finding[] {
  const left = sudoers.specs.filter((spec) => isLeftOver(spec, sudoers, hub));
  if (left.length === 0) return [];
  const who = [...new Set(left.flatMap(({ users }) => users.map(({ name }) => name)))].join(", ");
  // The file has a name with a dot then, and sudo does not read it; policy-from-sudoers still can.
  const isWhole = file !== FILE && left.length === sudoers.specs.length;
  const mend = isWhole ? commandLine(["mv", file, `${file}.disabled`]) : commandLine(["visudo", "-f", file]);
  const text = `${who} may still become others through sudo, which the helper takes the place of${isWhole ? "" : ": take those lines out"}`;
  return [{ code: "sudoers-left-over", severity: "warning", file, text, mend }];
}

const hubNames = (policy: Policy | null): HubNames => {
  const peers = (policy?.rules ?? []).filter(({ methods }) => methods.has("start")).map(({ peer }) => peer);
  const named = (names: readonly (string | null)[]): Set<string> =>
    new Set(names.filter((name) => name !== null && name !== "root") as string[]);
  return { users: named(peers.map(({ user }) => user)), groups: named(peers.map(({ group }) => group)) };
};

/** A file that cannot be read says nothing of what is left over, and one that is not there is what is wanted. */
function unread(file: string, error: SudoersError): Finding[] {
  if (error.problem === "unreadable" && file === FILE) return [];
  const severity = error.problem === "no-cvtsudoers" ? "note" : "warning";
  return [{ code: "sudoers-unread", severity, file, text: error.message, mend: null }];
}

/** What is left of the sudo way. */
export const sudoers: Check = {
  name: "sudoers",
  title: "what is left of the sudo way",
  needsRoot: true,
  async run({ machine, policy }) {
    const hub = hubNames(await policy());
    const found = await Promise.all(
      (await sudoersFiles()).map(async (file) => {
        try {
          return judgeSudoers(file, await readSudoers(machine, file), hub);
        } catch (error) {
          if (error instanceof SudoersError) return unread(file, error);
          throw error;
        }
      }),
    );
    return found.flat();
  },
};
