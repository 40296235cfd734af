import { decodeUtf8 } from "./decode-utf8.ts";

const encoder = new TextEncoder();

/** What systemd leaves as it is: VALID_CHARS of its unit-name.c, less `-` and `\`, which mean something. */
const PLAIN = /^[A-Za-z0-9:_.]$/;

/** Escapes a string for use in a unit name, as `systemd-escape` does. */
export function escapeForUnit(text: string): string {
  let escaped = "";
  for (const byte of encoder.encode(text)) {
    const char = String.fromCharCode(byte);
    if (char === "/") escaped += "-";
    else if (PLAIN.test(char) && !(char === "." && escaped === "")) escaped += char;
    else escaped += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}

const ESCAPED = /\\x([0-9a-f]{2})|([A-Za-z0-9:_.])|(-)/gy;

/**
 * Takes back `escapeForUnit`. Null for what it cannot have made; what it gives must still be escaped again and
 * compared, since more than one text unescapes to the same string.
 */
export function unescapeFromUnit(escaped: string): string | null {
  const bytes: number[] = [];
  let end = 0;
  for (const [whole, hex, plain] of escaped.matchAll(ESCAPED)) {
    bytes.push(hex !== undefined ? parseInt(hex, 16) : (plain ?? "/").charCodeAt(0));
    end += whole.length;
  }
  if (end !== escaped.length) return null;
  return decodeUtf8(Uint8Array.from(bytes));
}
