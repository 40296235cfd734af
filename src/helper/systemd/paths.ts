const UNITS = "/org/freedesktop/systemd1/unit/";

/** The unit behind an object path, in which every byte but letters and digits stands as `_` and two digits. */
export function unitOfPath(path: string): string | null {
  if (!path.startsWith(UNITS)) return null;
  return path
    .slice(UNITS.length)
    .replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
