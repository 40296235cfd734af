import type { Finding } from "../../finding.ts";
import { inTurn, putAside } from "../mend.ts";
import type { Sudoers } from "../../sudoers/model.ts";
import type { SudoersError } from "../../sudoers/sudoers-error.ts";
import type { HubAccount, LeftOver } from "./left-over.ts";
import { aliasesOf, leftOverOf } from "./left-over.ts";

/** A sudoers file as sudo understands it, or why that is not known. */
export type Read =
  | { readonly file: string; readonly isListed: boolean; readonly sudoers: Sudoers }
  | { readonly file: string; readonly error: SudoersError };

type Whole = Extract<Read, { sudoers: unknown }>;

const isRead = (read: Read): read is Whole => "sudoers" in read;

function sentence({ account, group }: LeftOver, file: string): string {
  const who = account === null ? "somebody run sudospawner" : `${account}, the hub, use sudo`;
  const by = group === null ? "" : ` by its group ${group}`;
  return `${file} still lets ${who}${by}, from the time before the helper: whoever takes over the hub has that too`;
}

/** Whether the whole file is about nothing else, so that it can be put out of the way as it is. */
const isAllLeftOver = ({ sudoers, isListed }: Whole, count: number): boolean =>
  isListed && sudoers.specs.length === count && sudoers.includes.length === 0;

function mendOf(read: Whole, { account, group }: LeftOver, count: number): string | null {
  // The rule of a group may be for others too; it is the hub that should not be in it.
  if (account !== null && group !== null) return inTurn(["gpasswd", "--delete", account, group]);
  return isAllLeftOver(read, count) ? inTurn(putAside(read.file)) : inTurn(["visudo", "-f", read.file]);
}

function judgeFile(read: Whole, accounts: readonly HubAccount[], all: readonly Whole[]): Finding[] {
  const aliases = aliasesOf(all.map(({ sudoers }) => sudoers));
  const found = read.sudoers.specs
    .map((spec) => leftOverOf(spec, accounts, aliases))
    .filter((each) => each !== null);
  const { file } = read;
  // One finding for each way: a file of ten lines for the hub is put aside once.
  const distinct = new Map(found.map((each) => [sentence(each, file), each]));
  return [...distinct].map(([text, each]) => {
    const mend = mendOf(read, each, found.length);
    const isByHand = mend?.startsWith("visudo") === true;
    const hand = isByHand ? "; there is more in the file, so take that entry out by hand" : "";
    return { code: "sudoers-left-over", severity: "warning", text: `${text}${hand}`, file, mend };
  });
}

/** What is left of the sudo way in the sudoers files. */
export function judgeSudoers(files: readonly Read[], accounts: readonly HubAccount[]): Finding[] {
  const whole = files.filter(isRead);
  return files.flatMap((read) => {
    if (isRead(read)) return judgeFile(read, accounts, whole);
    const { file, error } = read;
    const text = `could not be looked at for what is left of the sudo way: ${error.message}`;
    const mend = error.problem === "syntax" ? inTurn(["visudo", "-f", file]) : null;
    return [{ code: "sudoers-unread", severity: "note", text, file, mend }];
  });
}
