import type { UserName } from "../protocol/target.ts";
import { parseUserName } from "../protocol/target.ts";

/** For whom a unit file was made, and from which template. */
export interface Origin {
  readonly uid: number;
  readonly user: UserName;
  /** The template's path. */
  readonly template: string;
}

const MARKER =
  /^# Made by hub-helper's unit generator for ([0-9]{1,10})\/(\S+) from (\/[^;]+); changes are lost\.$/;

/** The first line of every unit file that the generator makes. It replaces and removes no file without it. */
export const markerOf = ({ uid, user, template }: Origin): string =>
  `# Made by hub-helper's unit generator for ${uid}/${user} from ${template}; changes are lost.`;

/** Who a unit file was made for; null: it was not made by the generator. */
export function readMarker(text: string): Origin | null {
  const [, uid, name = "", template = ""] = MARKER.exec(text.split("\n", 1)[0] ?? "") ?? [];
  const user = parseUserName(name);
  return uid === undefined || user === null ? null : { uid: Number(uid), user, template };
}
