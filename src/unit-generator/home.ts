const PLAIN = /^[\p{L}\p{M}\p{N}/._@+%-]$/u;
const LONGEST = 4095; // PATH_MAX, less the closing NUL

const codeOf = (char: string): string =>
  `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/**
 * Why a home directory cannot be put into a unit file; null where it can. A template may have it in a path, in a list
 * of paths, in a command line or in a shell's: what means something in one of these has no spelling that is right in all.
 * `%` has one.
 */
export function whyUnsafeHome(home: string): string | null {
  if (!home.startsWith("/")) return "does not begin with /";
  if (Buffer.byteLength(home) > LONGEST) return `is longer than ${LONGEST} bytes`;
  const odd = Array.from(home).find((char) => !PLAIN.test(char));
  if (odd !== undefined)
    return `holds the character ${codeOf(odd)}, which is not safe everywhere in a unit file`;
  // ReadWritePaths={home} would open the whole machine.
  if (/^\/+$/.test(home)) return "is the whole machine";
  const names = home.slice(1).replace(/\/$/, "").split("/");
  if (names.includes("")) return "holds //";
  if (names.includes(".") || names.includes("..")) return "holds a component that is . or ..";
  return null;
}
