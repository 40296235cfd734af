import { lstatSync, readlinkSync } from "node:fs";
import { HELPER_SOCKET } from "../doctor/names.ts";

const UNITS = "/etc/systemd/system";
/** What `systemctl enable` makes for WantedBy=sockets.target. */
const WANTED = `${UNITS}/sockets.target.wants/${HELPER_SOCKET}`;

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Whether the next boot brings the socket: systemctl(1), "enable" and "mask". The links say so as well as PID 1 does. */
export function isSocketEnabled(): boolean {
  const own = lstatSync(`${UNITS}/${HELPER_SOCKET}`, { throwIfNoEntry: false });
  const isMasked =
    own?.isSymbolicLink() === true && readlinkSync(`${UNITS}/${HELPER_SOCKET}`) === "/dev/null";
  return isThere(WANTED) && !isMasked;
}
