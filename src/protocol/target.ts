declare const brand: unique symbol;
/** A string that has been parsed and cannot be made any other way. */
export type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserName = Branded<"UserName">;
export type ServerName = Branded<"ServerName">;
export type TemplateName = Branded<"TemplateName">;

/** Whose server, and which. `server` is `""` for the user's default server. */
export interface Target {
  readonly template: TemplateName;
  readonly user: UserName;
  readonly server: ServerName;
}

const USER_NAME = /^(?![0-9]+$)[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/;
const SERVER_NAME = /^[\p{L}\p{M}\p{Nd}_.-]{1,64}$/u;

export const USER_NAME_RULE =
  "a user name is 1 to 64 of A-Z a-z 0-9 _ . @ -, begins with a letter, a digit or _, and is not all digits";
export const SERVER_NAME_RULE =
  'a server name is 1 to 64 letters, marks, decimal digits, _ . or -, and is neither "." nor ".."';

export const parseUserName = (text: string): UserName | null =>
  USER_NAME.test(text) ? (text as UserName) : null;

/** `""` is the default server. */
export const parseServerName = (text: string): ServerName | null =>
  text === "" || (SERVER_NAME.test(text) && text !== "." && text !== "..") ? (text as ServerName) : null;
