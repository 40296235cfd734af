/** What becomes of sudo's options. Without an entry: OTHER_OPTION. */
const REASONS: Readonly<Record<string, string>> = {
  setenv:
    "The caller could set any variable. A hub hands over only what [template.singleuser.credentials] lists.",
  noexec: "The unit's own sandbox says what its processes may execute (NoExecPaths=).",
  runcwd: "The unit says where it runs: WorkingDirectory=.",
  runchroot: "The unit says what it sees: RootDirectory=.",
  role: "The unit says it: SELinuxContext=.",
  type: "The unit says it: SELinuxContext=.",
  apparmor_profile: "The unit says it: AppArmorProfile=.",
  command_timeout: "The unit says how long it may run: RuntimeMaxSec=.",
  umask: "The unit says it: UMask=.",
  secure_path: "The unit says which PATH its program gets: Environment=PATH=....",
  env_reset: "Nothing of the hub's environment reaches a server but what the template lists.",
  env_check: "Nothing of the hub's environment reaches a server but what the template lists.",
  env_delete: "Nothing of the hub's environment reaches a server but what the template lists.",
  env_file: "The unit says it: EnvironmentFile=.",
  requiretty: "The helper is asked over a socket, and no terminal is involved.",
  use_pty: "The helper is asked over a socket, and no terminal is involved.",
  authenticate: "The helper asks nobody for a password: it knows who calls from the kernel.",
  log_output: "What a server prints is in the journal.",
  log_input: "What a server prints is in the journal.",
  logfile: "Every decision is in the journal: helperctl log.",
  syslog: "Every decision is in the journal: helperctl log.",
};

const OTHER_OPTION = "An option of sudo's own, to which nothing in a policy corresponds.";

export const reasonOfOption = (name: string): string =>
  (Object.hasOwn(REASONS, name) ? REASONS[name] : undefined) ?? OTHER_OPTION;

/** Options that bound a grant in time: taken without them, it would allow more than it did. */
export const TIME_BOUNDS: ReadonlySet<string> = new Set(["notbefore", "notafter"]);
