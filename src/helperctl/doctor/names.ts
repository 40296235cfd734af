/** What scripts/install installs, by the names that everything else relies on. */
export const HELPER_SERVICE = "helper.service";
export const HELPER_SOCKET = "helper.socket";
export const GROUP = "hub-helper";
export const RUN_DIRECTORY = "/run/hub-helper";
export const SOCKET_PATH = `${RUN_DIRECTORY}/helper.sock`;
/** sysusers.d(5) and tmpfiles.d(5) find it by this. */
export const CONFIGURATION = "hub-helper.conf";
