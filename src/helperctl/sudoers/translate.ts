import { readEnvironment } from "./environment.ts";
import { expandCommands, expandUsers } from "./expand.ts";
import type { Member, Sudoers } from "./model.ts";
import { sayCommand } from "./say.ts";
import { mayBeSpawner } from "./spawner.ts";
import { translateGrant } from "./translate-grant.ts";
import type { Carried, Hub, Note, Translation, Withheld } from "./translation.ts";

/** What Defaults that hold for everything say of passwords. */
const isPasswordAsked = ({ defaults }: Sudoers): boolean =>
  defaults
    .filter(({ members, commands }) => members.length === 0 && commands.length === 0)
    .flatMap(({ options }) => options)
    .findLast(({ name }) => name === "authenticate")?.value !== false;

/** An entry that takes commands away that may be sudospawner. */
interface Taking {
  readonly users: readonly Member[];
  readonly commands: readonly string[];
}

function takingsOf(sudoers: Sudoers): Taking[] {
  return sudoers.specs.flatMap((spec) => {
    const commands = spec.grants
      .flatMap((grant) => expandCommands(sudoers, grant.commands))
      .filter((command) => command.negated && mayBeSpawner(command));
    return commands.length === 0
      ? []
      : [{ users: expandUsers(sudoers, spec.users), commands: commands.map(sayCommand) }];
  });
}

/** Whether an entry may be about a hub. Who is in a group is not known here: too much is the safe side. */
const mayConcern = ({ users }: Taking, hub: Hub): boolean =>
  hub.kind === "group" || users.some(({ kind, name }) => kind !== "user" || name === hub.name);

function notesOnFile({ includes, warnings }: Sudoers): Note[] {
  return [
    ...includes.map(({ line, text }) => ({
      about: `line ${line}: ${text}`,
      why: "An include, which was not followed: call this command for that file too.",
    })),
    ...warnings.map((about) => ({ about, why: "cvtsudoers does not know it." })),
  ];
}

/** Keeps one of each of what has the same key, with the targets of all. */
function merge<T extends Carried>(drafts: readonly T[], keyOf: (draft: T) => string): T[] {
  const merged = new Map<string, { draft: T; users: Set<string>; groups: Set<string> }>();
  for (const draft of drafts) {
    const key = keyOf(draft);
    const { users, groups } = merged.get(key) ?? { users: new Set<string>(), groups: new Set<string>() };
    for (const user of draft.users) users.add(user);
    for (const group of draft.groups) groups.add(group);
    merged.set(key, { draft, users, groups });
  }
  return [...merged.values()].map(({ draft, users, groups }) => ({
    ...draft,
    users: [...users],
    groups: [...groups],
  }));
}

const keyOfHub = ({ hub }: Carried): string => JSON.stringify([hub.kind, hub.name]);
const keyOfWithheld = ({ hub, reasons, isForAnybody }: Withheld): string =>
  JSON.stringify([hub.kind, hub.name, isForAnybody, ...reasons]);

/** What a sudoers file allows a hub, as far as a policy can say it. Nothing is looked up. */
export function translate(sudoers: Sudoers): Translation {
  const isAsked = isPasswordAsked(sudoers);
  const grants = sudoers.specs.flatMap((spec) =>
    spec.grants.map((grant) => translateGrant(sudoers, spec, grant, isAsked)),
  );
  const carried: Carried[] = [];
  const withheld: Withheld[] = grants.flatMap((grant) => grant.withheld);
  const takings = takingsOf(sudoers);
  for (const draft of grants.flatMap((grant) => grant.carried)) {
    const taken = takings.filter((each) => mayConcern(each, draft.hub)).flatMap(({ commands }) => commands);
    const reasons = [
      `The file also takes commands away (${taken.join(", ")}), and a policy has no exceptions.`,
    ];
    if (taken.length === 0) carried.push(draft);
    else withheld.push({ ...draft, reasons, isForAnybody: false });
  }
  const environment = readEnvironment(
    sudoers,
    [...carried, ...withheld].map(({ hub }) => hub),
  );
  return {
    carried: merge(carried, keyOfHub),
    withheld: merge(withheld, keyOfWithheld),
    env: environment.env,
    notes: [...grants.flatMap(({ notes }) => notes), ...environment.notes, ...notesOnFile(sudoers)],
    missing: [],
  };
}
