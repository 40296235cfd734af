// npm run test:matrix [-- ROW ...]: every system test and every test with JupyterHub on every image, also with dbus-broker
// and with newer releases of Node. Writes what passed into docs/compatibility.json, and the page docs/compatibility.md from it.
// ROW is an image, IMAGE+dbus-broker or IMAGE+node-VERSION; all of them if none is given. `--render` only writes the page.
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
dpkg-query --show --showformat='\${Version}\\n' dbus-daemon dbus-broker
dpkg-query --show --showformat='\${Version}\\n' libpam0g libpam0t64 2>/dev/null || true
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

/** Runs one of jest's projects, and gives its totals. */
function runProject(name, env) {
  const scratch = mkdtempSync(join(tmpdir(), "matrix-"));
  const totals = join(scratch, "totals");
  const reporters = ["--reporters=default", "--reporters=./scripts/totals-reporter.mjs"];
  spawnSync("npx", ["jest", "--selectProjects", name, "--maxWorkers=2", ...reporters], {
    cwd: project,
    stdio: "inherit",
    env: { ...env, TEST_TOTALS: totals, NODE_OPTIONS: "--experimental-vm-modules", NODE_NO_WARNINGS: "1" },
  });
  const result = JSON.parse(readFileSync(totals, "utf8"));
  rmSync(scratch, { recursive: true });
  return result;
}

function runRow(row) {
  const env = environmentOf(row);
  process.stdout.write(`\n── ${row}\n`);
  execFileSync(join(project, "scripts/prepare-jupyterhub"), env.JUPYTERHUB_VERSIONS.split(" "), {
    env,
    stdio: "inherit",
  });
  return { ...factsOf(env), system: runProject("system", env), jupyterhub: runProject("jupyterhub", env) };
}

const outcome = ({ passed, failed }) =>
  failed === 0 ? `${passed} passed` : `${passed} passed, **${failed} failed**`;

/** The page, from the results by row. */
export function render(results) {
  const rows = ROWS.filter((row) => Object.hasOwn(results, row)).map((row) => {
    const { distribution, systemd, node, bus, pam, system, jupyterhub } = results[row];
    return [distribution, systemd, node.slice(1), bus, pam, outcome(system), outcome(jupyterhub)];
  });
  const missing = ROWS.filter((row) => !Object.hasOwn(results, row));
  const header = ["Distribution", "systemd", "Node", "bus", "PAM", "system tests", "with JupyterHub"];
  const table = [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const { kernel = "", controllers = "" } = Object.values(results)[0] ?? {};
  return `# Compatibility

\`npm run test:matrix\` writes this page. Each row is one run of the system tests, and of the tests with a real JupyterHub and
a browser, in containers of an image that is built from the distribution's own packages.

${table.join("\n")}

All containers ran on one machine, with its kernel (${kernel}).${
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
  const unknown = args.filter((arg) => arg !== "--render" && !ROWS.includes(arg));
  if (unknown.length > 0) {
    process.stderr.write(`unknown row ${unknown[0]}; the rows are ${ROWS.join(", ")}\n`);
    return 64;
  }
  if (args.includes("--render")) {
    write(read());
    return 0;
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
    const result = runRow(row);
    failed += result.system.failed + result.jupyterhub.failed;
    write({ ...read(), [row]: result });
  }
  return failed === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
