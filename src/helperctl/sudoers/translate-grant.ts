import { expandCommands, expandHosts, expandRunas, expandUsers } from "./expand.ts";
import type { Grant, SudoCommand, Sudoers, UserSpec } from "./model.ts";
import { reasonOfOption, TIME_BOUNDS } from "./option-reasons.ts";
import type { ReadList } from "./read-list.ts";
import { readHubs, readTargets } from "./read-list.ts";
import { sayCommand, sayGrant, sayMembers, sayOption } from "./say.ts";
import { argumentsOf, hasWildcard, isSpawner } from "./spawner.ts";
import type { Carried, Hub, Note, Withheld } from "./translation.ts";

export interface TranslatedGrant {
  readonly carried: readonly Carried[];
  readonly withheld: readonly Withheld[];
  readonly notes: readonly Note[];
}

const ARGUMENTS = "It is started without these: the unit's ExecStart= says what runs, and how.";
const WILDCARD = "Which program runs is the unit's to say (ExecStart=), not the policy's.";
const DIGEST = "A digest. Which program runs is the unit's to say, and root alone writes units.";

function notesOnSpawner(command: SudoCommand): Note[] {
  const about = sayCommand(command);
  const whys = [
    argumentsOf(command.command) === "" ? [] : [ARGUMENTS],
    hasWildcard(command) ? [WILDCARD] : [],
    command.hasDigest ? [DIGEST] : [],
  ].flat();
  return whys.map((why) => ({ about, why }));
}

const OTHER_COMMAND =
  "Not sudospawner. A policy is about servers alone: keep what you still need of this in sudoers.";

function notesOnCommands(commands: readonly SudoCommand[]): Note[] {
  return commands.flatMap((command) =>
    isSpawner(command)
      ? command.negated
        ? []
        : notesOnSpawner(command)
      : [{ about: sayCommand(command), why: OTHER_COMMAND }],
  );
}

const notesOnOptions = ({ options }: Grant): Note[] =>
  options
    .filter(({ name, value }) => name !== "authenticate" && !TIME_BOUNDS.has(name) && value !== false)
    .map((option) => ({ about: sayOption(option), why: reasonOfOption(option.name) }));

const notesOnRunasGroups = ({ runas, runasGroups }: Grant): Note[] =>
  runas === null || runasGroups.length === 0
    ? []
    : [
        {
          about: `(${sayMembers(runas)} : ${sayMembers(runasGroups)})`,
          why: "With which group a server runs is the unit's to say: Group=.",
        },
      ];

const PASSWORD =
  "It asks for a password (NOPASSWD is missing), so no hub could use it. To sudo the last entry that matches counts: if this is it, an entry above it was without effect too.";

/** Why what a grant gives should not be allowed without a person who has read it. */
function reasonsOfGrant(
  sudoers: Sudoers,
  { hosts }: UserSpec,
  grant: Grant,
  isPasswordAsked: boolean,
): string[] {
  const expanded = expandHosts(sudoers, hosts);
  const isEverywhere = expanded.some(({ kind }) => kind === "all") && expanded.every((each) => !each.negated);
  const isNeeded = grant.options.findLast(({ name }) => name === "authenticate")?.value ?? isPasswordAsked;
  return [
    ...(isNeeded === true ? [PASSWORD] : []),
    ...(isEverywhere
      ? []
      : [
          `It is for certain hosts (${sayMembers(expanded)}), and a policy holds for the machine that it lies on.`,
        ]),
    ...grant.options
      .filter(({ name }) => TIME_BOUNDS.has(name))
      .map(
        (option) => `It is bounded in time (${sayOption(option)}), and a policy holds until it is changed.`,
      ),
  ];
}

const EVERY_ACCOUNT =
  "It is for ALL accounts, root among them, which no rule can say. Choose a group of those who may have servers.";

const hubsOf = ({ users, groups }: ReadList): Hub[] => [
  ...users.map((name) => ({ kind: "user" as const, name })),
  ...groups.map((name) => ({ kind: "group" as const, name })),
];

/** A grant of sudospawner. */
function translateSpawning(
  sudoers: Sudoers,
  spec: UserSpec,
  grant: Grant,
  reasonsOfFile: readonly string[],
): TranslatedGrant {
  const from = readHubs(expandUsers(sudoers, spec.users));
  const about = sayGrant(spec, grant);
  const notes: Note[] = [...from.notes, ...notesOnRunasGroups(grant), ...notesOnOptions(grant)];
  if (from.hasAll) {
    notes.push({ about, why: "Everybody is the hub here, which no rule can say: name the hub's account." });
  }
  if (grant.runas === null) {
    notes.push({ about, why: "It runs as root (or as runas_default says), and root never has a server." });
    return { carried: [], withheld: [], notes };
  }
  const targets = readTargets(expandRunas(sudoers, grant.runas));
  const reasons = [
    ...reasonsOfFile,
    ...from.reasons,
    ...targets.reasons,
    ...(targets.hasAll ? [EVERY_ACCOUNT] : []),
  ];
  const { users, groups } = targets;
  const isEmpty = users.length === 0 && groups.length === 0 && !targets.hasAll;
  const drafts = isEmpty ? [] : hubsOf(from).map((hub) => ({ hub, users, groups }));
  return {
    carried: reasons.length === 0 ? drafts : [],
    withheld:
      reasons.length === 0
        ? []
        : drafts.map((draft) => ({ ...draft, reasons, isForAnybody: targets.hasAll })),
    notes: [...notes, ...targets.notes],
  };
}

/** One grant. `isPasswordAsked`: what Defaults say of those that do not say it themselves. */
export function translateGrant(
  sudoers: Sudoers,
  spec: UserSpec,
  grant: Grant,
  isPasswordAsked: boolean,
): TranslatedGrant {
  const commands = expandCommands(sudoers, grant.commands);
  const about = sayGrant(spec, grant);
  if (!commands.some((command) => isSpawner(command) && !command.negated)) {
    return { carried: [], withheld: [], notes: [{ about, why: OTHER_COMMAND }] };
  }
  const reasons = reasonsOfGrant(sudoers, spec, grant, isPasswordAsked);
  const spawning = translateSpawning(sudoers, spec, grant, reasons);
  const notes = [...notesOnCommands(commands), ...spawning.notes];
  return { ...spawning, notes: notes.map((note) => ({ ...note, about: within(note.about, about) })) };
}

/** A part of a grant is told with the grant that it stands in. */
const within = (part: string, whole: string): string => (part === whole ? whole : `${part}, in ${whole}`);
