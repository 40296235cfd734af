import { expect, test } from "@jest/globals";
import type { CheckJson } from "../../src/helperctl/commands/check.ts";
import { setStage } from "./stage.ts";
import { unitFile } from "./world.ts";

const stage = setStage();

type View = "writable" | "read-only" | "hidden";

/** What a server does to find out, and the statuses that it ends with. */
const LOOK = `#!/bin/sh
if touch "$HOME/written" 2>/dev/null; then exit 10; fi
ls "$HOME" >/dev/null 2>&1 && exit 11
exit 12
`;
const VIEWS: Readonly<Record<string, View>> = { 10: "writable", 11: "read-only", 12: "hidden" };
const CODES: Readonly<Record<string, View>> = {
  "unit-home-read-only": "read-only",
  "unit-home-hidden": "hidden",
};

/** Lines of a unit; HOME is the home of its account, which is in the directory that the row begins with. */
const ROWS: readonly (readonly [parent: string, ...lines: string[]])[] = [
  ["/home"],
  ["/home", "ProtectSystem=strict"],
  ["/home", "ProtectSystem=strict", "ProtectHome=read-only"],
  ["/home", "ProtectHome=read-only", "ReadWritePaths=/home"],
  ["/home", "ProtectHome=read-only", "ReadWritePaths=HOME"],
  ["/home", "ProtectHome=yes", "ReadWritePaths=-HOME"],
  ["/home", "ProtectHome=tmpfs"],
  ["/home", "ProtectHome=tmpfs", "ReadWritePaths=-HOME"],
  ["/home", "ProtectHome=tmpfs", "BindPaths=HOME"],
  ["/home", "ProtectHome=tmpfs", "BindReadOnlyPaths=HOME"],
  ["/home", "TemporaryFileSystem=/home", "BindPaths=HOME"],
  ["/home", "InaccessiblePaths=/home", "BindPaths=HOME"],
  ["/home", "InaccessiblePaths=HOME"],
  ["/home", "ReadOnlyPaths=/", "ReadWritePaths=-/home"],
  ["/home", "ReadOnlyPaths=/home", "ReadWritePaths=/home"],
  ["/srv/people", "ProtectSystem=full"],
  ["/srv/people", "ProtectSystem=strict"],
  ["/srv/people", "ProtectSystem=strict", "ReadWritePaths=-/home"],
  ["/srv/people", "ProtectSystem=strict", "ReadWritePaths=-/srv/people"],
  ["/srv/people", "ProtectSystem=strict", "BindPaths=HOME"],
  ["/srv/people", "ProtectHome=yes"],
  ["/usr/people", "ProtectSystem=yes"],
  ["/etc/people", "ProtectSystem=yes"],
  ["/etc/people", "ProtectSystem=full"],
  ["/tmp/people", "PrivateTmp=yes"],
  ["/var/lib/people", "ProtectSystem=strict"],
  ["/linked", "ProtectSystem=strict"],
  ["/linked", "ProtectSystem=strict", "ReadWritePaths=/linked"],
  ["/linked", "ProtectSystem=strict", "ReadWritePaths=/srv/people"],
];

test("check says of each home what the server then sees", async () => {
  const { testbed } = stage;
  await testbed.write("/opt/look", LOOK, { mode: "755" });
  await testbed.run(["ln", "-s", "/srv/people", "/linked"]);
  const accounts = ROWS.map(([parent, ...lines], at) => {
    const home = `${parent}/row${at}`;
    return { user: `row${at}`, parent, home, lines: lines.map((line) => line.replace("HOME", home)) };
  });
  const make = accounts.map(
    ({ user, parent, home }) =>
      `mkdir -p ${parent} && useradd --create-home --home-dir=${home} --groups=jupyterhub ${user}`,
  );
  await testbed.run(["sh", "-c", make.join("\n")]);
  const unitOf = (user: string) => `jupyterhub-singleuser-${user}.service`;
  for (const { user, lines } of accounts) {
    const text = unitFile(user, ["ExecStart=/opt/look", "Type=oneshot", ...lines]);
    await testbed.write(`/etc/systemd/system/${unitOf(user)}`, text);
  }

  const { stdout } = await testbed.run(["helperctl", "check", "--json"], { check: false });
  const found = (JSON.parse(stdout) as CheckJson).files.flatMap(({ findings }) => findings);
  const told = (user: string): View => {
    const about = found.find(
      ({ code, unit, units = [unit] }) => CODES[code] !== undefined && units.includes(unitOf(user)),
    );
    return about === undefined ? "writable" : (CODES[about.code] ?? "writable");
  };

  const units = accounts.map(({ user }) => unitOf(user));
  await testbed.run(["systemctl", "start", ...units], { check: false });
  const shown = await testbed.run(["systemctl", "show", "--property=Id,ExecMainStatus", ...units]);
  const statuses = new Map(
    shown.stdout.split("\n\n").map((block) => {
      const facts = new Map(
        block
          .trim()
          .split("\n")
          .map((line) => line.split("=", 2) as [string, string]),
      );
      return [facts.get("Id"), facts.get("ExecMainStatus")];
    }),
  );
  const seen = (user: string) => VIEWS[statuses.get(unitOf(user)) ?? ""] ?? statuses.get(unitOf(user));
  expect(accounts.map(({ user, parent, lines }) => [parent, ...lines, told(user)])).toEqual(
    accounts.map(({ user, parent, lines }) => [parent, ...lines, seen(user)]),
  );
  expect(new Set(accounts.map(({ user }) => told(user))).size).toBe(3);
});
