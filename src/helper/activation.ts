/** The first descriptor that systemd passes: sd_listen_fds(3). */
const FIRST_FD = 3;
/** FileDescriptorName= of helper.socket. */
const SOCKET_NAME = "helper";

/**
 * Finds the listening socket that systemd passed to this process.
 * @returns its descriptor, or a sentence that says why there is none
 */
export function inheritedSocket(env: NodeJS.ProcessEnv, pid: number): number | string {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = env;
  if (LISTEN_FDS === undefined) return "systemd passed no socket: start helper.socket, not the helper itself";
  if (Number(LISTEN_PID) !== pid) return "the socket that was passed is meant for another process";
  if (LISTEN_FDS !== "1") return `one socket is expected, and ${LISTEN_FDS} were passed`;
  if (LISTEN_FDNAMES !== undefined && LISTEN_FDNAMES !== SOCKET_NAME) {
    return `the socket that was passed is not named ${SOCKET_NAME}`;
  }
  return FIRST_FD;
}
