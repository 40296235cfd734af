/** Controls, format characters (right-to-left marks among them) and separators: what could forge a line or move a cursor. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text of somebody else's, with nothing left in it that a terminal would act on. */
export const escapeUnprintable = (text: string): string =>
  text.replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
