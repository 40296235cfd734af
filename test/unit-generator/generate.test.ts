import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { NAMED, Place, SERVICE, TEXT } from "./support.ts";

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place[Symbol.dispose]());

const WROTE = ["wrote units/hub-zoe.service", "wrote units/hub-zoe@.service"];

describe("a run", () => {
  test("writes every unit of the account, readable by everybody, with who made it for whom", async () => {
    expect(await place.run("zoe")).toEqual({ lines: WROTE, refusal: null });
    expect(place.names()).toEqual(["hub-zoe.service", "hub-zoe@.service"]);
    expect(place.unit("hub-zoe.service")).toBe(
      `# Made by hub-helper's unit generator for 1001/zoe from ${place.templates}/${SERVICE}; changes are lost.\n` +
        "[Service]\nUser=zoe\nSlice=hub-zoe.slice\nWorkingDirectory=/home/zoe\n",
    );
    expect(lstatSync(join(place.units, "hub-zoe.service")).mode & 0o7777).toBe(0o644);
  });

  test("escapes the account where it is part of a unit's name, and nowhere else", async () => {
    await place.run("a\\x2db");
    expect(place.unit("hub-a\\x2db@.service")).toContain("User=a-b\nSlice=hub-a\\x2db.slice\n");
  });

  test("leaves alone what has not changed, and replaces what has", async () => {
    await place.run("zoe");
    const inode = lstatSync(join(place.units, "hub-zoe.service")).ino;
    expect(await place.run("zoe")).toEqual({ lines: [], refusal: null });
    expect(lstatSync(join(place.units, "hub-zoe.service")).ino).toBe(inode);
    place.template(SERVICE, `${TEXT}Nice=5\n`);
    chmodSync(join(place.units, "hub-zoe@.service"), 0o600);
    expect((await place.run("zoe")).lines).toEqual(WROTE);
    expect(place.unit("hub-zoe.service")).toContain("Nice=5");
  });

  test("writes the whole set for each of many at once", async () => {
    const users = Array.from({ length: 100 }, (_, at) => `u${at}`);
    users.forEach((user, at) => place.add(user, 2000 + at));
    const runs = await Promise.all([...users, ...users].map((user) => place.run(user)));
    expect(runs.filter(({ refusal }) => refusal !== null)).toEqual([]);
    expect(place.names()).toHaveLength(200);
  });

  test("says where a unit of the admin's own counts before the one that it writes", async () => {
    writeFileSync(join(place.admin, "hub-zoe.service"), "");
    expect((await place.run("zoe")).lines).toContain(
      "admin/hub-zoe.service is there too, and is what systemd uses",
    );
  });
});

describe("nothing is written, and it is said why,", () => {
  afterEach(() => expect(place.names().filter((name) => name !== "hub-zoe@.service")).toEqual([]));

  test.each<[string, string, string]>([
    ["nobody", "no-such", 'usage: "no/such" is no user name'],
    ["an account that is not there", "mal", 'no-user: there is no account "mal"'],
    ["root", "root", 'forbidden: the account "root" has uid 0'],
  ])("for %s", async (_, instance, sentence) => {
    expect(await place.refusal(instance)).toContain(sentence);
  });

  test.each([0, 1, 499, 999, 65534, 4294967295])("for uid %i", async (uid) => {
    place.add("zoe", uid);
    expect(await place.refusal("zoe")).toMatch(/^forbidden: /);
  });

  test("for an entry of another name", async () => {
    place.accounts.set("zoe", { name: "Zoe", uid: 1001, home: "/home/zoe" });
    expect(await place.refusal("zoe")).toBe('no-user: there is no account "zoe"');
  });

  test("where the account cannot be looked up", async () => {
    place.accounts.set("zoe", new Error("the directory is down"));
    expect(await place.refusal("zoe")).toBe('try-again: the account "zoe" cannot be looked up now');
  });

  test("for a home that no template can have", async () => {
    place.add("zoe", 1001, "/home/zoe\nUser=root");
    expect(await place.refusal("zoe")).toBe(
      `data: templates/${SERVICE}:4:18: the home directory of "zoe" holds the character U+000A, which is not safe everywhere in a unit file`,
    );
  });

  test("for a name that is too long once it is escaped", async () => {
    const name = `z${"-".repeat(63)}`;
    place.add(name, 1009);
    expect(await place.refusal(`z${"\\x2d".repeat(63)}`)).toMatch(/^data: .* would have too long a name$/);
  });

  test.each<[string, () => void, string]>([
    [
      "are in a file that others can write",
      () => chmodSync(join(place.templates, SERVICE), 0o666),
      `templates: templates/${SERVICE} is writable by group or others (mode 0666); chmod go-w it`,
    ],
    [
      "are in a directory that others can write",
      () => chmodSync(place.templates, 0o775),
      "templates: templates is writable by group or others (mode 0775); chmod go-w it",
    ],
    [
      "are behind a link",
      () => {
        renameSync(join(place.templates, SERVICE), join(place.base, "aside"));
        symlinkSync(join(place.base, "aside"), join(place.templates, SERVICE));
      },
      `templates: templates/${SERVICE} is a symbolic link; put the file itself there`,
    ],
    [
      "are in a directory behind a link",
      () => {
        renameSync(place.templates, join(place.base, "aside"));
        symlinkSync(join(place.base, "aside"), place.templates);
      },
      "templates: templates is a symbolic link or no directory; put the directory itself there",
    ],
    [
      "are missing",
      () => {
        rmSync(join(place.templates, SERVICE));
        rmSync(join(place.templates, NAMED));
      },
      "templates: there is no template in templates",
    ],
    [
      "have a name for nobody",
      () => place.template("hub.service", TEXT),
      "templates: templates/hub.service:1:1: a template is named by at least four of",
    ],
    [
      "could meet",
      () => place.template("hub-{user}-x.service", TEXT).template("hub-x-{user}.service", TEXT),
      "templates: templates/hub-{user}-x.service:1:1: could make a unit of the same name as hub-x-{user}.service for somebody else",
    ],
    [
      "are wrong",
      () => place.template(NAMED, `${TEXT}ExecStart={nobody}\n`).template(SERVICE, "[Service]\n"),
      `templates: templates/${SERVICE}:1:1: has no User={user} in [Service]\ntemplates/${NAMED}:5:11: {nobody} is no placeholder`,
    ],
  ])("where the templates %s", async (_, spoil, sentence) => {
    spoil();
    expect(await place.refusal("zoe")).toContain(sentence);
  });

  test.each<[string, (path: string) => void, string]>([
    [
      "a file that was not made here",
      (path) => writeFileSync(path, "[Service]\n"),
      "was not made by the unit generator",
    ],
    ["an empty file", (path) => writeFileSync(path, ""), "was not made by the unit generator"],
    ["a mask", (path) => symlinkSync("/dev/null", path), "is a symbolic link"],
    ["a link to what was made here", (path) => symlinkSync("hub-zoe.service", path), "is a symbolic link"],
    ["a directory", (path) => mkdirSync(path), "is not a regular file"],
  ])("where %s stands in the way", async (_, plant, what) => {
    const path = join(place.units, "hub-zoe@.service");
    plant(path);
    const look = () => {
      const { ino, mode, size, mtimeMs, ctimeMs } = lstatSync(path);
      return { ino, mode, size, mtimeMs, ctimeMs };
    };
    const before = look();
    expect(await place.refusal("zoe")).toBe(
      `in-the-way: units/hub-zoe@.service ${what}: it stands in the way`,
    );
    expect(look()).toEqual(before);
  });

  test.each(["hub-zoe.service", "hub-zoe@.service"])(
    "where it would hide the system's own %s",
    async (name) => {
      writeFileSync(join(place.system, name), "");
      expect(await place.refusal("zoe")).toBe(`in-the-way: units/${name} would hide system/${name}`);
    },
  );

  test("where it would stand in for an instance of the system's own template", async () => {
    place.template("getty@{user}.service", TEXT);
    writeFileSync(join(place.system, "getty@.service"), "");
    expect(await place.refusal("zoe")).toBe(
      "in-the-way: units/getty@zoe.service would hide system/getty@.service",
    );
  });
});

describe("at the end of a run", () => {
  const gone = (name: string, why: string) => `removed units/${name}: ${why}`;
  beforeEach(async () => {
    await place.run("wash");
  });

  test("units go whose account is gone", async () => {
    place.accounts.delete("wash");
    expect((await place.run("zoe")).lines.slice(2).sort()).toEqual([
      gone("hub-wash.service", 'there is no account "wash" any more'),
      gone("hub-wash@.service", 'there is no account "wash" any more'),
    ]);
    expect(place.names()).toEqual(["hub-zoe.service", "hub-zoe@.service"]);
  });

  test("units go whose account has another uid", async () => {
    place.add("wash", 1009);
    const why = '"wash" has another uid by now';
    expect((await place.run("zoe")).lines.slice(2).sort()).toEqual([
      gone("hub-wash.service", why),
      gone("hub-wash@.service", why),
    ]);
  });

  test("units go whose template is gone", async () => {
    rmSync(join(place.templates, NAMED));
    expect((await place.run("zoe")).lines).toEqual([
      "wrote units/hub-zoe.service",
      gone("hub-wash@.service", `there is no template templates/${NAMED} any more`),
    ]);
  });

  test("units stay whose account cannot be looked up", async () => {
    place.accounts.set("wash", new Error("the directory is down"));
    expect((await place.run("zoe")).lines).toEqual(WROTE);
  });

  test("units stay where the run is refused", async () => {
    place.accounts.delete("wash");
    writeFileSync(join(place.units, "hub-zoe.service"), "mine");
    expect(await place.refusal("zoe")).toMatch(/^in-the-way: /);
    expect(place.names()).toEqual(["hub-wash.service", "hub-wash@.service", "hub-zoe.service"]);
  });

  test("whatever else there is stays, though it has the marker: copies, links, directories and half a name", async () => {
    const made = join(place.units, "hub-wash.service");
    place.accounts.delete("wash");
    writeFileSync(join(place.units, "mine.service"), readFileSync(made));
    writeFileSync(join(place.units, "hub-wash.conf"), readFileSync(made));
    writeFileSync(join(place.units, "hub-other.service"), readFileSync(made));
    writeFileSync(join(place.units, "late.service"), `\n${readFileSync(made, "utf8")}`);
    symlinkSync("hub-wash.service", join(place.units, "hub-link.service"));
    mkdirSync(join(place.units, "hub-wash.service.d"));
    mkdirSync(join(place.units, "hub-dir.service"));
    linkSync(made, join(place.base, "elsewhere"));
    const lines = (await place.run("zoe")).lines;
    expect(lines.filter((line) => line.startsWith("removed"))).toHaveLength(2);
    expect(place.names()).toEqual([
      "hub-dir.service",
      "hub-link.service",
      "hub-other.service",
      "hub-wash.conf",
      "hub-wash.service.d",
      "hub-zoe.service",
      "hub-zoe@.service",
      "late.service",
      "mine.service",
    ]);
    expect(readFileSync(join(place.base, "elsewhere"), "utf8")).toContain("User=wash");
  });

  test("what a killed run left half written goes once it is old", async () => {
    const [old, fresh] = ["00000000", "11111111"].map(
      (id) => `.hub-helper-unit-${id}-0000-4000-8000-000000000000`,
    );
    for (const name of [old, fresh]) writeFileSync(join(place.units, name ?? ""), "half");
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(place.units, old ?? ""), anHourAgo, anHourAgo);
    await place.run("zoe");
    expect(place.names().filter((name) => name.startsWith("."))).toEqual([fresh]);
  });
});
