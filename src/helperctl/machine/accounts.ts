import { runProgram } from "./program.ts";

/** One line of passwd(5), less what nobody should look at. */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** One line of group(5). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  /** Those that the group itself lists: whose primary group it is are not among them. */
  readonly members: readonly string[];
}

/** getent(1): no such key. */
const NOT_FOUND = 2;

async function getent(database: "passwd" | "group", keys: readonly string[]): Promise<string[][]> {
  const { status, stdout, stderr } = await runProgram(["getent", "--", database, ...keys]);
  if (status !== 0 && status !== NOT_FOUND) throw new Error(`getent ${database}: ${stderr.trim()}`);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

const toPasswd = ([name = "", , uid = "", gid = "", , home = "", shell = ""]: string[]): PasswdEntry => ({
  name,
  uid: Number(uid),
  gid: Number(gid),
  home,
  shell,
});

const toGroup = ([name = "", , gid = "", members = ""]: string[]): GroupEntry => ({
  name,
  gid: Number(gid),
  members: members.split(",").filter((member) => member !== ""),
});

/**
 * The account database as getent(1) shows it. A directory server may show single entries only, and not list them
 * all: who is in a group by primary gid is then not complete.
 */
export class Accounts {
  #all: Promise<readonly PasswdEntry[]> | null = null;

  /** Every account that the name service lists. */
  all(): Promise<readonly PasswdEntry[]> {
    this.#all ??= getent("passwd", []).then((lines) => lines.map(toPasswd));
    return this.#all;
  }

  /** By name or by uid. */
  async user(key: string | number): Promise<PasswdEntry | null> {
    const [line] = await getent("passwd", [String(key)]);
    return line === undefined ? null : toPasswd(line);
  }

  /** By name or by gid. */
  async group(key: string | number): Promise<GroupEntry | null> {
    const [line] = await getent("group", [String(key)]);
    return line === undefined ? null : toGroup(line);
  }

  /** Names of all who are in a group, by its own list or as their primary group, in order. Null: no such group. */
  async membersOf(name: string): Promise<string[] | null> {
    const group = await this.group(name);
    if (group === null) return null;
    const primary = (await this.all()).filter(({ gid }) => gid === group.gid).map((entry) => entry.name);
    return [...new Set([...group.members, ...primary])].sort();
  }
}

/** Whether somebody can log in with this shell: nologin(8) and false(1) only say no. */
export const isLoginShell = (shell: string): boolean => !/\/(?:nologin|false|sync)$/.test(shell);
