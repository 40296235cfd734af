import { beforeAll, describe, expect, test } from "@jest/globals";
import { makeUserToken, runCell } from "./cells.ts";
import { launchServer } from "./hub-api.ts";
import { stagedAt } from "../system/staged.ts";
import { setJupyterStage } from "./stage.ts";
import { runOf, unitOf } from "./units.ts";

const stage = setJupyterStage();
/** Stands wherever a secret must not, so that each search shows that it can find something. */
const DECOY = "decoy-5f2c91e07ab34d68";
/** Patterns in a file, so that a search does not carry them on its own command line. */
const PATTERNS = "/root/patterns";
const UNIT = unitOf("zoe");
const KEPT = "/etc/jupyterhub/credentials";

let pid: string;
let token: string;

const environmentOf = async (of: string): Promise<string> =>
  (await stage.testbed.run(["cat", `/proc/${of}/environ`])).stdout;

beforeAll(async () => {
  await Promise.all(["zoe", "wash"].map((user) => launchServer(stage.testbed, user)));
  pid = (await runOf(stage.testbed, UNIT)).MainPID;
  token = /(?:^|\0)JUPYTERHUB_API_TOKEN=([^\0]+)/.exec(await environmentOf(pid))?.[1] ?? "";
  const secrets = await Promise.all(
    ["proxy_auth_token", "cookie_secret"].map((name) => stage.testbed.read(`${KEPT}/${name}`)),
  );
  await stage.testbed.write(PATTERNS, `${[DECOY, token, ...secrets].join("\n")}\n`, { mode: "600" });
  const script = `echo ${DECOY}; exec sleep infinity`;
  const decoy = ["systemd-run", "--quiet", "--unit=decoy", `--setenv=DECOY=${DECOY}`, "--service-type=exec"];
  await stage.testbed.run([...decoy, "sh", "-c", script]);
  await stage.testbed.run([
    "systemd-run",
    "--quiet",
    "--unit=decoy-arguments",
    "sh",
    "-c",
    `sleep 1d; ${script}`,
  ]);
});

/** Which of the patterns a command's output holds, each once. */
async function secretsIn(command: string): Promise<string[]> {
  const search = `{ ${command}; } | grep -aoF -f ${PATTERNS} | sort -u`;
  const { stdout } = await stage.testbed.run(["bash", "-o", "pipefail", "-c", search]);
  return stdout.split("\n").filter(Boolean);
}

/** The processes whose file of /proc holds a pattern, as "PATTERN UNIT", each once. */
async function unitsWithSecrets(file: "cmdline" | "environ"): Promise<string[]> {
  const search = `grep -aoF -f ${PATTERNS} /proc/[0-9]*/${file} 2>/dev/null; test $? -le 2`;
  const { stdout } = await stage.testbed.run(["sh", "-c", search]);
  const hits = stdout.split("\n").filter(Boolean);
  const units = hits.map(async (hit) => {
    const [, process = "", secret = ""] = /^\/proc\/(\d+)\/[a-z]+:(.*)$/.exec(hit) ?? [];
    const { stdout: unit } = await stage.testbed.run(["ps", "-o", "unit=", "-p", process], { check: false });
    return `${secret} ${unit.trim()}`;
  });
  return [...new Set(await Promise.all(units))].sort();
}

test("a server's token is a secret of this machine's", () => {
  expect(token).toMatch(/^[\w-]{32,}$/);
});

test("no unit's properties hold a secret", async () => {
  expect(await secretsIn("systemctl show --all '*'; systemctl show")).toEqual([DECOY]);
  expect(await secretsIn("systemctl cat '*'; systemctl status --no-pager '*' || test $? = 3")).toEqual([
    DECOY,
  ]);
});

test("the journal holds no secret", async () => {
  expect(await secretsIn("journalctl --output=export --all --no-pager")).toEqual([DECOY]);
});

test("no process has a secret on its command line", async () => {
  expect(await unitsWithSecrets("cmdline")).toEqual([`${DECOY} decoy-arguments.service`]);
});

test("a server's token is in the environment of that server's processes alone, and the proxy's in the proxy's", async () => {
  const proxyToken = await stage.testbed.read(`${KEPT}/proxy_auth_token`);
  expect(await unitsWithSecrets("environ")).toEqual(
    [`${DECOY} decoy.service`, `${token} ${UNIT}`, `${proxyToken} jupyterhub-proxy.service`].sort(),
  );
});

describe("another user of notebooks", () => {
  const read = async (user: string, path: string): Promise<{ status: number | null; stdout: string }> =>
    stage.testbed.run(["sh", "-c", 'cat "$1"', "read", path], { user, check: false });

  test("can read neither a server's credentials nor its environment", async () => {
    // In a user namespace of its own the server is closed to her other processes too; root sees that it is there.
    const places = [
      ["zoe", `/run/credentials/${UNIT}/hub_env`],
      ["root", `/proc/${pid}/environ`],
    ] as const;
    for (const [owner, path] of places) {
      expect((await read(owner, path)).stdout).toContain(token);
      expect(await read("wash", path)).toMatchObject({ status: 1, stdout: "" });
    }
  });

  test("can read nothing of what is staged, which is there", async () => {
    const staged = `${stagedAt(UNIT)}/env`;
    expect(await stage.testbed.read(staged)).toContain(token);
    for (const user of ["wash", "zoe", "jupyter"])
      expect(await read(user, staged)).toMatchObject({ status: 1, stdout: "" });
    const { status } = await stage.testbed.run(["ls", "/run/hub-helper/staging"], {
      user: "wash",
      check: false,
    });
    expect(status).toBe(2);
  });

  test("can read none of it in a cell of their own server either", async () => {
    const paths = [
      `/run/credentials/${UNIT}/hub_env`,
      `/proc/${pid}/environ`,
      `${stagedAt(UNIT)}/env`,
      `${KEPT}/proxy_auth_token`,
      "/run/credentials/jupyterhub.service/cookie_secret",
      "/var/lib/jupyterhub/jupyterhub.sqlite",
    ];
    const attempt = (path: string): string => `
try: print(open(${JSON.stringify(path)}).read())
except OSError as error: print(type(error).__name__)
`;
    const said = await runCell(stage.testbed, "wash", "", paths.map(attempt).join(""));
    const lines = said.trim().split("\n");
    expect(lines).toHaveLength(paths.length);
    for (const line of lines) expect(["PermissionError", "FileNotFoundError"]).toContain(line);
    const own = "import os; print(os.environ['JUPYTERHUB_API_TOKEN'])";
    expect((await runCell(stage.testbed, "zoe", "", own)).trim()).toBe(token);
    expect(await runCell(stage.testbed, "wash", "", own)).not.toContain(token);
  });

  test("cannot use the server of somebody else with a token of their own", async () => {
    const ask = async (user: string): Promise<string> => {
      const config = `header = "Authorization: token ${await makeUserToken(stage.testbed, user)}"`;
      const argv = [
        "curl",
        "--silent",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code}",
        "--config",
        "-",
      ];
      const url = "http://127.0.0.1/user/zoe/api/contents";
      return (await stage.testbed.run([...argv, url], { input: config })).stdout;
    };
    expect(await ask("zoe")).toBe("200");
    expect(await ask("wash")).toBe("403");
  });
});
