// npm run test:matrix [-- ROW ...]: every system test and every test with JupyterHub on every image, also with dbus-broker
// and with newer releases of Node. Writes what passed into docs/compatibility.json, and the page docs/compatibility.md from it.
// ROW is an image, IMAGE+dbus-broker or IMAGE+node-VERSION; all of them if none is given.
//   --record FILE   write what other runs of the tests have left in FILE (`TEST_RESULTS=FILE bash .ci/run`)
//   --render        only write the page
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const project = resolve(import.meta.dirname, "..");
const RESULTS = join(project, "docs/compatibility.json");
const PAGE = join(project, "docs/compatibility.md");

const IMAGES = ["bookworm", "trixie", "sid"];
const ROWS = [
  ...IMAGES,
  ...IMAGES.map((image) => `${image}+dbus-broker`),
  ...[22, 24, 26].map((version) => `trixie+node-${version}`),
];
/** Versions of JupyterHub whose packages have releases for the image's Python. */
const JUPYTERHUBS = { bookworm: "6", trixie: "4 5 6", sid: "6" };

function environmentOf(row) {
  const [image, variant = ""] = row.split("+");
  return {
    ...process.env,
    TESTBED_IMAGE: image,
    JUPYTERHUB_VERSIONS: JUPYTERHUBS[image],
    ...(variant === "dbus-broker" ? { TESTBED_BUS: variant } : {}),
    ...(variant.startsWith("node-") ? { TESTBED_NODE: variant.slice("node-".length) } : {}),
  };
}

const FACTS = `
. /etc/os-release; echo "$PRETTY_NAME"
systemctl --version | sed -n '1s/^systemd [0-9]* (\\(.*\\))$/\\1/p'
node --version
systemctl show --value --property=Id dbus.service
for package in dbus-daemon dbus-broker libpam-modules; do dpkg-query --show --showformat='\${Version}\\n' $package; done
uname --kernel-release
cat /sys/fs/cgroup/cgroup.controllers
`;

/** What a container of the row is made of. */
function factsOf(env) {
  const argv = [join(project, "dist/testbed.mjs"), "run", `--${env.TESTBED_IMAGE}`, "--", "sh", "-c", FACTS];
  const lines = execFileSync(process.execPath, argv, { encoding: "utf8", env }).split("\n");
  const [distribution, systemd, node, id, daemon, broker, pam, kernel, controllers = ""] = lines;
  const bus = id === "dbus-broker.service" ? `dbus-broker ${broker}` : `dbus-daemon ${daemon}`;
  return { distribution, systemd, node, bus, pam, kernel, controllers: controllers.trim() };
}

/** Runs one of jest's projects. What passed is in the file that TEST_RESULTS names. */
function runProject(name, env) {
  const reporters = ["--reporters=default", "--reporters=./scripts/totals-reporter.mjs"];
  spawnSync("npx", ["jest", "--selectProjects", name, "--maxWorkers=2", ...reporters], {
    cwd: project,
    stdio: "inherit",
    env: {
      ...env,
      TEST_TOTALS: "/dev/null",
      NODE_OPTIONS: "--experimental-vm-modules",
      NODE_NO_WARNINGS: "1",
    },
  });
}

function runRow(row, results) {
  const env = { ...environmentOf(row), TEST_RESULTS: results };
  process.stdout.write(`\n── ${row}\n`);
  execFileSync(join(project, "scripts/prepare-jupyterhub"), env.JUPYTERHUB_VERSIONS.split(" "), {
    env,
    stdio: "inherit",
  });
  for (const name of ["system", "jupyterhub"]) runProject(name, env);
}

/** Adds what a file of results says to what is known: the latest run of a row counts. Returns how many tests failed. */
function record(file) {
  const found = {};
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { row, project: name, ...result } = JSON.parse(line);
    found[row] = { ...found[row], [name]: result };
  }
  const known = read();
  for (const [row, parts] of Object.entries(found)) {
    known[row] = { ...factsOf(environmentOf(row)), date: today(), ...parts };
  }
  write(known);
  return Object.values(found)
    .flatMap((parts) => Object.values(parts))
    .reduce((sum, { failed }) => sum + failed, 0);
}

const today = () => new Date().toISOString().slice(0, "2000-01-01".length);

const SCOPES = { all: "", release: " of those that depend on the release" };

const outcome = (result) => {
  if (result === undefined) return "not run";
  const { passed, failed, scope } = result;
  return `${passed} passed${failed === 0 ? "" : `, **${failed} failed**`}${SCOPES[scope]}`;
};

/** The page, from the results by row. */
export function render(results) {
  const rows = ROWS.filter((row) => Object.hasOwn(results, row)).map((row) => {
    const { distribution, systemd, node, bus, pam, date, system, jupyterhub } = results[row];
    return [distribution, systemd, node.slice(1), bus, pam, outcome(system), outcome(jupyterhub), date];
  });
  const missing = ROWS.filter((row) => !Object.hasOwn(results, row));
  const header = [
    "Distribution",
    "systemd",
    "Node",
    "bus",
    "PAM",
    "system tests",
    "with JupyterHub",
    "run on",
  ];
  const table = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const { kernel = "", controllers = "" } = Object.values(results)[0] ?? {};
  return `# Compatibility

The runs of the tests write this page: \`npm run test:matrix\`, which runs everything in each row, and \`.ci/run\`, which runs
everything on Debian 13 and what depends on the release on the others. A row is a container of an image that is built from the
distribution's own packages; "with JupyterHub" is a real JupyterHub with a browser in front.

${table.join("\n")}

All containers ran on one machine, with its kernel${kernel === "" ? "" : ` (${kernel})`}.${
    missing.length > 0 ? `\n\nNot run for this page: ${missing.map((row) => `\`${row}\``).join(", ")}.` : ""
  }

## Not tested

- \`peer.unit\` on a kernel before 6.5, such as Debian 12's own 6.1: there the condition matches nobody. The kernel of every
  row is newer.
- ${
    controllers.split(" ").includes("memory")
      ? "Limits on other hardware."
      : `Limits of memory, tasks and processor time in force: the machine gave the containers no such controllers${
          controllers === "" ? "" : ` (only ${controllers})`
        }.`
  }
- Other processors than x86-64, other distributions than Debian, and SELinux.
`;
}

const read = () => {
  try {
    return JSON.parse(readFileSync(RESULTS, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
};

function write(results) {
  const sorted = Object.fromEntries(ROWS.filter((row) => row in results).map((row) => [row, results[row]]));
  writeFileSync(RESULTS, `${JSON.stringify(sorted, null, 2)}\n`);
  writeFileSync(PAGE, render(sorted));
  execFileSync("npx", ["prettier", "--write", "--log-level=warn", RESULTS, PAGE], { cwd: project });
}

function main(args) {
  const [option, file] = args;
  if (option === "--render" || option === "--record") {
    if (option === "--record") record(file);
    else write(read());
    return 0;
  }
  const unknown = args.filter((arg) => !ROWS.includes(arg));
  if (unknown.length > 0) {
    process.stderr.write(`unknown row ${unknown[0]}; the rows are ${ROWS.join(", ")}\n`);
    return 64;
  }
  if (process.getuid() !== 0) {
    process.stderr.write(
      "These tests boot containers with a systemd of their own, and only root can do that.\n",
    );
    return 77;
  }
  execFileSync(join(project, "scripts/ready"), { stdio: "inherit" });
  let failed = 0;
  for (const row of args.length > 0 ? args : ROWS) {
    const scratch = mkdtempSync(join(tmpdir(), "matrix-"));
    const results = join(scratch, "results");
    runRow(row, results);
    failed += record(results);
    rmSync(scratch, { recursive: true });
  }
  return failed === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
