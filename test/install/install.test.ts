import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { withoutFences } from "../docs/markdown.ts";
import { PROJECT, run, Scratch, tree } from "./support.ts";

// As a packager does it: what this machine's own Node is like does not matter.
const install = (destdir: string, ...options: string[]) =>
  run([join(PROJECT, "scripts/install"), "--destdir", destdir, "--node", "/usr/bin/node", ...options]);
const uninstall = (destdir: string, ...options: string[]) =>
  run([join(PROJECT, "scripts/uninstall"), "--destdir", destdir, ...options]);

const DOC = "usr/share/doc/hub-helper";
const INSTALLED = {
  "etc/hub-helper/policy.toml": "0644",
  "usr/bin/helperctl": "-> ../lib/hub-helper/helperctl.cjs",
  "usr/lib/hub-helper/THIRD-PARTY-LICENSES.txt": "0644",
  "usr/lib/hub-helper/exec-with-credentials": "0755",
  "usr/lib/hub-helper/helper.mjs": "0644",
  "usr/lib/hub-helper/helperctl.cjs": "0755",
  "usr/lib/hub-helper/koffi.node": "0644",
  "usr/lib/hub-helper/unit-generator.mjs": "0644",
  "usr/lib/systemd/system/helper.service": "0644",
  "usr/lib/systemd/system/helper.socket": "0644",
  "usr/lib/systemd/system/jupyterhub-unitgenerator@.service": "0644",
  "usr/lib/sysusers.d/hub-helper.conf": "0644",
  "usr/lib/tmpfiles.d/hub-helper.conf": "0644",
  "usr/share/bash-completion/completions/helperctl": "0644",
  "usr/share/dbus-1/system.d/org.hubhelper.Helper1.conf": "0644",
  "usr/share/fish/vendor_completions.d/helperctl.fish": "0644",
  "usr/share/man/man8/helperctl.8": "0644",
  "usr/share/zsh/vendor-completions/_helperctl": "0644",
  [`${DOC}/CHANGELOG.md`]: "0644",
  [`${DOC}/LICENSE`]: "0644",
  [`${DOC}/README.md`]: "0644",
  [`${DOC}/SECURITY.md`]: "0644",
  ...Object.fromEntries(
    [
      "client",
      "compatibility",
      "helperctl",
      "jupyterhub",
      "jupyterhub-internal-ssl",
      "jupyterhub-migration",
      "operations",
      "policy",
      "protocol",
      "reliability",
      "screens",
      "units",
    ].map((page) => [`${DOC}/docs/${page}.md`, "0644"]),
  ),
  ...Object.fromEntries(
    Object.keys(tree(join(PROJECT, "docs/images"))).map((file) => [`${DOC}/docs/images/${file}`, "0644"]),
  ),
  [`${DOC}/examples/README.md`]: "0644",
  [`${DOC}/examples/add-user-units`]: "0755",
  [`${DOC}/examples/hub.service`]: "0644",
  ...Object.fromEntries(
    Object.keys(tree(join(PROJECT, "examples/hub"))).map((file) => [`${DOC}/examples/hub/${file}`, "0644"]),
  ),
  ...Object.fromEntries(
    Object.keys(tree(join(PROJECT, "systemd/examples/jupyterhub"))).map((file) => [
      `${DOC}/examples/jupyterhub/${file}`,
      /(?:^|\/)(?:make-certificates|test-login)$/.test(file) ? "0755" : "0644",
    ]),
  ),
  [`${DOC}/examples/jupyterhub/pam-session/hub-helper-server`]: "0644",
  "etc/pam.d/hub-helper-server": "0644",
  [`${DOC}/examples/jupyterhub-singleuser-.service.d/40-hardening.conf`]: "0644",
  [`${DOC}/examples/jupyterhub-singleuser-.slice.d/10-limits.conf`]: "0644",
  [`${DOC}/examples/jupyterhub-singleuser.slice`]: "0644",
  ...Object.fromEntries(
    ["{user}.service", "{user}@.service", "{user}.slice"].map((end) => [
      `${DOC}/examples/units/jupyterhub-singleuser-${end}`,
      "0644",
    ]),
  ),
};

const PARTS = "usr/lib/hub-helper/helperctl/";

/** What is installed, without the parts of helperctl: their names are for the build to choose. */
const installed = (destdir: string): Record<string, string> =>
  Object.fromEntries(Object.entries(tree(destdir)).filter(([path]) => !path.startsWith(PARTS)));

describe("scripts/install --destdir", () => {
  test("puts every file where a distribution would, with its mode, whatever the umask", () => {
    using scratch = new Scratch();
    const script = 'umask 077; exec "$@"';
    const { status, stderr } = run([
      "sh",
      "-c",
      script,
      "sh",
      join(PROJECT, "scripts/install"),
      "--destdir",
      scratch.path,
      "--node",
      "/usr/bin/node",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(installed(scratch.path)).toEqual(INSTALLED);
    for (const directory of [
      "etc",
      "etc/hub-helper",
      "etc/hub-helper/policy.d",
      "etc/hub-helper/units",
      "usr/lib/hub-helper",
    ]) {
      expect(lstatSync(join(scratch.path, directory)).mode & 0o7777).toBe(0o755);
    }
  });

  test("changes nothing when it runs again, and keeps what the admin wrote into the policy", () => {
    using scratch = new Scratch();
    install(scratch.path);
    const policy = join(scratch.path, "etc/hub-helper/policy.toml");
    writeFileSync(policy, "version = 1\n# mine\n");
    expect(install(scratch.path).status).toBe(0);
    expect(installed(scratch.path)).toEqual(INSTALLED);
    expect(readFileSync(policy, "utf8")).toBe("version = 1\n# mine\n");
  });

  test("puts the parts of helperctl in place, and takes those of an older version away", () => {
    using scratch = new Scratch();
    mkdirSync(join(scratch.path, PARTS), { recursive: true });
    writeFileSync(join(scratch.path, PARTS, "older-AAAAAAAA.cjs"), "");
    expect(install(scratch.path).status).toBe(0);
    expect(tree(join(scratch.path, PARTS))).toEqual(
      Object.fromEntries(Object.keys(tree(join(PROJECT, "dist/helperctl"))).map((part) => [part, "0644"])),
    );
  });

  test("leaves no placeholder in any file that it fills in", () => {
    using scratch = new Scratch();
    install(scratch.path, "--prefix", "/usr/local");
    const files = Object.keys(tree(scratch.path)).filter((path) => !/\.(mjs|cjs|node)$/.test(path));
    for (const path of files) {
      const text = lstatSync(join(scratch.path, path)).isSymbolicLink()
        ? ""
        : readFileSync(join(scratch.path, path), "utf8");
      expect([path, text.match(/@[A-Z]+@/)]).toEqual([path, null]);
    }
    const unit = readFileSync(join(scratch.path, "usr/local/lib/systemd/system/helper.service"), "utf8");
    expect(unit).toContain(" /usr/local/lib/hub-helper/helper.mjs\n");
    const example = readFileSync(
      join(
        scratch.path,
        "usr/local/share/doc/hub-helper/examples/units/jupyterhub-singleuser-{user}.service",
      ),
      "utf8",
    );
    expect(example).toContain("ExecStart=/usr/local/lib/hub-helper/exec-with-credentials ");
    const manual = readFileSync(join(scratch.path, "usr/local/share/man/man8/helperctl.8"), "utf8");
    expect(manual).toContain("/usr/local/share/doc/hub\\-helper");
    expect(manual).not.toContain("/usr/share/doc");
  });

  test("puts zsh's completion where it looks below a prefix that is not Debian's", () => {
    using scratch = new Scratch();
    install(scratch.path, "--prefix", "/usr/local");
    expect(Object.keys(tree(scratch.path))).toContain("usr/local/share/zsh/site-functions/_helperctl");
    expect(Object.keys(tree(scratch.path))).toContain("etc/dbus-1/system.d/org.hubhelper.Helper1.conf");
    uninstall(scratch.path, "--prefix", "/usr/local", "--purge");
    expect(tree(scratch.path)).toEqual({});
  });

  test("puts documents in place whose links lead to something that is installed", () => {
    using scratch = new Scratch();
    install(scratch.path);
    const documents = Object.keys(tree(scratch.path)).filter((path) => path.endsWith(".md"));
    const links = documents.flatMap((from) =>
      Array.from(
        withoutFences(readFileSync(join(scratch.path, from), "utf8")).matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g),
        ([, to = ""]) => ({ from, to }),
      ),
    );
    const local = links.filter(({ to }) => !/^[a-z]+:/.test(to));
    expect(local.length).toBeGreaterThan(20);
    const lost = local.filter(({ from, to }) => !existsSync(join(scratch.path, dirname(from), to)));
    expect(lost).toEqual([]);
  });

  test("makes the command run on the same Node as the helper", () => {
    using scratch = new Scratch();
    install(scratch.path);
    const command = readFileSync(join(scratch.path, "usr/lib/hub-helper/helperctl.cjs"), "utf8");
    const unit = readFileSync(join(scratch.path, "usr/lib/systemd/system/helper.service"), "utf8");
    expect(command.split("\n")[0]).toBe("#!/usr/bin/node");
    expect(unit).toContain("ExecStart=/usr/bin/node --jitless");
    expect(unit).toMatch(/^ExecPaths=\/usr\/bin\/node \/usr\/lib\/hub-helper\/koffi\.node \//m);
  });
});

describe("scripts/install refuses", () => {
  test.each([
    ["an option that it does not know", ["--prefixx", "/usr"], 64, /unknown option --prefixx\n\nusage: /],
    ["an option without its value", ["--prefix"], 64, /--prefix needs a value/],
    ["a relative prefix", ["--prefix", "usr"], 64, /begins with \//],
    ["a prefix with a space", ["--prefix", "/opt/my programs"], 1, /holds a character/],
    ["a Node by a relative path", ["--node", "bin/node"], 64, /--node needs a path that begins with \//],
  ])("%s", (_, options, expected, sentence) => {
    using scratch = new Scratch();
    const { status, stderr } = run([join(PROJECT, "scripts/install"), "--destdir", scratch.path, ...options]);
    expect(status).toBe(expected);
    expect(stderr).toMatch(sentence);
    expect(tree(scratch.path)).toEqual({});
  });

  test("a Node that others can replace, and says what to do", () => {
    using scratch = new Scratch();
    const node = join(scratch.path, "bin/node");
    mkdirSync(dirname(node));
    copyFileSync("/bin/true", node);
    chmodSync(node, 0o755);
    const { status, stderr } = run([join(PROJECT, "scripts/install"), "--destdir", scratch.path], {
      PATH: `${dirname(node)}:${process.env["PATH"] ?? ""}`,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/bin\/node .*Install Node 20\.19 or later for the whole system/);
  });
});

describe("scripts/uninstall --destdir", () => {
  test("keeps the policy, and with --purge leaves nothing", () => {
    using scratch = new Scratch();
    install(scratch.path);
    expect(uninstall(scratch.path).status).toBe(0);
    expect(tree(scratch.path)).toEqual({ "etc/hub-helper/policy.toml": "0644" });
    expect(uninstall(scratch.path, "--purge").status).toBe(0);
    expect(tree(scratch.path)).toEqual({});
  });
});

describe("the stack of PAM", () => {
  const SERVICE = "etc/pam.d/hub-helper-server";
  const ORIGINAL = `${DOC}/examples/jupyterhub/pam-session/hub-helper-server`;
  const read = (scratch: Scratch, path: string) => readFileSync(join(scratch.path, path), "utf8");

  test("asks nobody for a password, and makes no session of systemd-logind's", () => {
    using scratch = new Scratch();
    install(scratch.path);
    const rules = read(scratch, SERVICE).replace(/^(?:#.*)?\n/gm, "");
    expect(rules).toMatch(/^auth +required pam_deny\.so$/m);
    expect(rules).not.toContain("pam_systemd");
    expect(rules).toMatch(/^account +include +(?:common-account|password-auth|system-auth)$/m);
  });

  test("is replaced by an upgrade, and removed, while nobody has changed it", () => {
    using scratch = new Scratch();
    install(scratch.path);
    for (const path of [SERVICE, ORIGINAL]) writeFileSync(join(scratch.path, path), "# older\n");
    install(scratch.path);
    expect(read(scratch, SERVICE)).toContain("pam_mkhomedir.so");
    uninstall(scratch.path);
    expect(existsSync(join(scratch.path, SERVICE))).toBe(false);
  });

  test("is kept by an upgrade, and by its end, once it was changed", () => {
    using scratch = new Scratch();
    install(scratch.path);
    writeFileSync(join(scratch.path, SERVICE), "# mine\n");
    expect(install(scratch.path).stdout).toContain("kept /etc/pam.d/hub-helper-server as it is");
    expect(read(scratch, SERVICE)).toBe("# mine\n");
    const { stdout } = uninstall(scratch.path, "--purge");
    expect(stdout).toContain("kept /etc/pam.d/hub-helper-server, which was changed");
    expect(tree(scratch.path)).toEqual({ [SERVICE]: "0644" });
  });
});

test.each(["install", "uninstall"])("scripts/%s --help says how to use it", (script) => {
  const { status, stdout } = run([join(PROJECT, "scripts", script), "--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(new RegExp(`^usage: scripts/${script} `));
});
