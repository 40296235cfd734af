interface NeverEntry {
  /** An exact name, `PREFIX*` or `*suffix`. */
  readonly name: string;
  readonly reason: string;
}

const row = (reason: string, ...names: string[]): NeverEntry[] => names.map((name) => ({ name, reason }));

/** Names that no policy may let a hub set, with what each of them would let it do. */
export const NEVER_ENVIRONMENT: readonly NeverEntry[] = Object.freeze([
  ...row("tells the dynamic loader what to load into every program", "LD_*"),
  ...row("changes how the C library allocates and checks memory", "GLIBC_TUNABLES", "MALLOC_*"),
  ...row(
    "makes the C library load modules and catalogues from any place",
    "GCONV_PATH",
    "LOCPATH",
    "NLSPATH",
  ),
  ...row("makes Python run or import other code", "PYTHON*", "IPYTHON*"),
  ...row("makes Perl run or import other code", "PERL5*"),
  ...row("makes Ruby run or import other code", "RUBY*"),
  ...row("makes Node run other code", "NODE_*"),
  ...row("makes a shell run a file or a command as it starts", "BASH_*", "ENV", "PS4", "SHELLOPTS"),
  ...row("changes how a shell splits words", "IFS"),
  ...row("decides which program a name stands for", "PATH"),
  ...row("moves where programs look for the account's own files", "HOME", "XDG_*"),
  ...row("names the account and its shell: that is systemd's to say", "SHELL", "USER", "LOGNAME"),
  ...row("moves temporary files to a place that others may own", "TMPDIR"),
  ...row("makes programs of another environment run", "CONDA_*", "VIRTUAL_ENV"),
  ...row("makes Jupyter read its configuration and its programs from any place", "JUPYTER_*"),
  ...row("decides whose certificates are trusted", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
  ...row("sends the user's traffic through another machine", "*_proxy"),
  ...row("is systemd's way to tell a service where its credentials are", "CREDENTIALS_DIRECTORY"),
  ...row("is systemd's protocol with its services", "NOTIFY_SOCKET", "LISTEN_*", "WATCHDOG_*", "MAINPID"),
  ...row("sends the user's D-Bus calls to another bus", "DBUS_*"),
]);

/** Tells whether an entry is about a name. Case does not count: some programs read `http_proxy`, some `HTTP_PROXY`. */
function covers(entry: string, name: string): boolean {
  const [wanted, asked] = [entry.toUpperCase(), name.toUpperCase()];
  if (wanted.startsWith("*")) return asked.endsWith(wanted.slice(1));
  return wanted.endsWith("*") ? asked.startsWith(wanted.slice(0, -1)) : asked === wanted;
}

/** Why an environment name is never written, whatever a policy says; null where it may be. */
export const whyNeverEnvironment = (name: string): string | null =>
  NEVER_ENVIRONMENT.find((entry) => covers(entry.name, name))?.reason ?? null;

/** The lowest uid that a policy can make a target. */
export const LOWEST_TARGET_UID = 500;
export const DEFAULT_MIN_UID = 1000;

/** `nobody`, which the kernel also reports for what it cannot map, and (uid_t) -1, which means "no uid". */
const NOBODY: ReadonlySet<number> = new Set([65534, 4294967295]);

/** An id that stands for "none" or "unknown" and so identifies nobody. */
export const isNobody = (id: number): boolean => NOBODY.has(id);

/** Whether an account is never a target, whatever a policy says. */
export const isNeverTarget = (uid: number): boolean =>
  !Number.isSafeInteger(uid) || uid < LOWEST_TARGET_UID || isNobody(uid);
