import type { Testbed } from "../../testbed/index.ts";

const UNITS = "/etc/systemd/system";
const POLICY = "/etc/hub-helper/policy.toml";
const EXAMPLES = "/usr/share/doc/hub-helper/examples";

const unitOf = (user: string): string => `jupyterhub-singleuser-${user}.service`;

/** One way in which a start goes wrong: how it is made, how it is mended, and what everybody reads. */
export interface Breakage {
  readonly name: string;
  readonly user: string;
  readonly make: (testbed: Testbed) => Promise<void>;
  readonly mend: (testbed: Testbed) => Promise<void>;
  /** Whether it always takes longer than JupyterHub waits before it shows the progress bar. */
  readonly isLater?: true;
  readonly status: number;
  /** What the user reads, up to the request's number. */
  readonly says: string;
  /** A part of the hub's log. */
  readonly admin: string;
  /** The records of the request: method and outcome of each; a helper that cannot be asked has none. */
  readonly records: readonly string[];
}

async function dropIn(testbed: Testbed, user: string, lines: readonly string[]): Promise<void> {
  await testbed.write(`${UNITS}/${unitOf(user)}.d/60-broken.conf`, ["[Service]", ...lines, ""].join("\n"));
  await testbed.run(["systemctl", "daemon-reload"]);
}

async function withoutDropIn(testbed: Testbed, user: string): Promise<void> {
  await testbed.run(["rm", "-r", `${UNITS}/${unitOf(user)}.d`]);
  await testbed.run(["systemctl", "daemon-reload"]);
}

/** Broken and mended by a drop-in for the user's own unit. */
const byDropIn = (user: string, lines: readonly string[]): Pick<Breakage, "user" | "make" | "mend"> => ({
  user,
  make: (testbed) => dropIn(testbed, user, lines),
  mend: (testbed) => withoutDropIn(testbed, user),
});

const runs = (command: string): string[] => [
  "ExecStart=",
  `ExecStart=/usr/lib/hub-helper/exec-with-credentials ${command}`,
];

async function editPolicy(testbed: Testbed, script: string): Promise<void> {
  await testbed.run(["cp", POLICY, "/root/policy.before"]);
  await testbed.run(["sed", "-i", script, POLICY]);
  await testbed.run(["systemctl", "stop", "helper.service"]);
}

async function restorePolicy(testbed: Testbed): Promise<void> {
  await testbed.run(["cp", "/root/policy.before", POLICY]);
  await testbed.run(["systemctl", "stop", "helper.service"]);
  await testbed.run(["systemctl", "reset-failed", "helper.service"], { check: false });
}

const ASK = "please tell them the request number.";
const AGAIN =
  "Please try again in a minute. If that does not help, tell your administrator the request number.";
const ONLY_ADMIN = `Your administrator can mend that: ${ASK}`;
const FAILED = ["write-credentials ok", "start job-failed", "stop ok"];

export const HOSTILE_STATUS = "<img src=x onerror=alert(1)>";
const NEVER_READY = `/bin/sh -c 'systemd-notify "--status=${HOSTILE_STATUS}"; exec sleep infinity'`;

/** Each has a user of its own, so that what is left of one would not hide another. */
export const BREAKAGES: readonly Breakage[] = [
  {
    name: "no-unit",
    user: "kaylee",
    make: async (testbed) => {
      await testbed.run(["sh", "-c", `rm ${UNITS}/jupyterhub-singleuser-kaylee*.service`]);
      await testbed.run(["systemctl", "daemon-reload"]);
    },
    mend: async (testbed) => {
      await testbed.run([`${EXAMPLES}/add-user-units`, "kaylee"]);
    },
    status: 409,
    says: "Your server has not been set up on this machine yet. Please ask your administrator to set it up, and tell them the request number.",
    admin: "make the unit, as with `add-user-units kaylee`",
    records: ["write-credentials refused"],
  },
  {
    name: "missing-program",
    ...byDropIn("zoe", ["ExecStart=", "ExecStart=/opt/no-such-program"]),
    status: 500,
    says: `The server's program could not be run: it is missing, or the account may not execute it. ${AGAIN}`,
    admin: "`helperctl show zoe` has the state",
    records: FAILED,
  },
  {
    name: "ends-at-once",
    ...byDropIn("wash", runs("/bin/sh -c 'exit 3'")),
    status: 500,
    says: `The server ended right after it was started, with status 3; its log has the reason. ${AGAIN}`,
    admin: "`helperctl show wash` has the state",
    records: FAILED,
  },
  {
    name: "ends-before-it-listens",
    ...byDropIn("inara", runs("/bin/sh -c 'sleep 3; exit 3'")),
    isLater: true,
    status: 500,
    says: `Your server ended before it was ready: its program ended with status 3; its log has the reason. ${AGAIN}`,
    admin: "`helperctl show inara` has the state",
    records: ["write-credentials ok", "start ok", "stop ok"],
  },
  {
    name: "not-eligible",
    user: "mallory",
    make: async (testbed) => {
      await testbed.run(["gpasswd", "--delete", "mallory", "jupyterhub"]);
    },
    mend: async (testbed) => {
      await testbed.run(["gpasswd", "--add", "mallory", "jupyterhub"]);
    },
    status: 403,
    says: "You are not allowed to have a server on this machine. If you think that you should, tell your administrator the request number.",
    admin: "`helperctl explain start mallory --as jupyter` says which rule is missing",
    records: ["status refused"],
  },
  {
    name: "helper-away",
    user: "book",
    make: async (testbed) => {
      await testbed.run(["systemctl", "stop", "helper.socket", "helper.service"]);
    },
    mend: async (testbed) => {
      await testbed.run(["systemctl", "start", "helper.socket"]);
    },
    isLater: true,
    status: 503,
    says: `The service that starts servers cannot be reached at the moment. ${AGAIN}`,
    admin: "`helperctl doctor` says what is wrong",
    records: [],
  },
  {
    name: "never-ready",
    ...byDropIn("river", [
      ...["Type=notify", "NotifyAccess=all", "BindReadOnlyPaths=/run/systemd/notify"],
      ...runs(NEVER_READY),
    ]),
    isLater: true,
    status: 504,
    says: `Your server took too long to start. ${AGAIN}`,
    admin: "c.Spawner.start_timeout",
    records: ["write-credentials ok", "start job-timeout"],
  },
  {
    name: "pinned-name",
    user: "simon",
    make: () => Promise.resolve(),
    mend: (testbed) =>
      editPolicy(testbed, 's/JUPYTERHUB_USER = "{user}", //; s/^"JUPYTERHUB_HOST",/& "JUPYTERHUB_USER",/'),
    status: 409,
    says: `JupyterHub and this machine do not agree about your name. ${ONLY_ADMIN}`,
    admin: "take JUPYTERHUB_USER out of env_pinned and put it into env",
    records: ["write-credentials credentials-refused"],
  },
  {
    name: "broken-policy",
    user: "jayne",
    make: (testbed) => editPolicy(testbed, "$ a nonsense = 1"),
    mend: restorePolicy,
    status: 503,
    says: `The service that starts servers has a mistake in its settings. ${ONLY_ADMIN}`,
    admin: "`helperctl check` shows the mistake",
    records: [],
  },
  {
    name: "unit-refused",
    ...byDropIn("mal", ["User=wash"]),
    status: 409,
    says: `Your server is not set up as the rules of this machine ask. ${ONLY_ADMIN}`,
    admin: "`helperctl check` shows what is wrong",
    records: ["write-credentials refused"],
  },
];
