import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { UserName } from "../../src/protocol/target.ts";
import { whyUnsafeHome } from "../../src/unit-generator/home.ts";
import { valuesOf } from "../../src/unit-generator/values.ts";

const homeOf = (home: string) => valuesOf({ name: "zoe" as UserName, uid: 1001, home }).home;

describe("a home directory", () => {
  test.each([
    ["/home/zoe", "/home/zoe"],
    ["/home/zoe/", "/home/zoe"],
    ["/home/50%/zoe", "/home/50%%/zoe"],
    ["/home/%h%%n", "/home/%%h%%%%n"],
    ["/home/zoë@EXAMPLE.COM", "/home/zoë@EXAMPLE.COM"],
    ["/srv/a-b_c+d/.x/..y", "/srv/a-b_c+d/.x/..y"],
  ])("%s is written as %s", (home, text) => {
    expect(homeOf(home)).toEqual({ text });
  });

  test.each([
    ["", "does not begin with /"],
    ["home/zoe", "does not begin with /"],
    ["~zoe", "does not begin with /"],
    ["/", "is the whole machine"],
    ["///", "is the whole machine"],
    ["/home//zoe", "holds //"],
    ["/home/zoe//", "holds //"],
    ["/home/../etc", "holds a component that is . or .."],
    ["/home/./zoe", "holds a component that is . or .."],
    ["/home/..", "holds a component that is . or .."],
    [`/${"a".repeat(4095)}`, "is longer than 4095 bytes"],
    ...Array.from(" \t\n\r\0\"'\\$`;&|<>()*?[]{}~#!:,=\u001b\u0085\u00a0\u2028\u202e\ufeff\ufffd", (char) => [
      `/home/a${char}b`,
      `holds the character U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}, which is not safe everywhere in a unit file`,
    ]),
  ])("%j is refused", (home, why) => {
    expect(whyUnsafeHome(home)).toBe(why);
  });

  test("is written so that systemd reads the very same path, or not at all", () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("/", "%", ".", "h", "n", "é"),
        fc.constantFrom(" ", "$", "\\", "\n", "'"),
      ),
    });
    fc.assert(
      fc.property(text, (rest) => {
        const value = homeOf(`/${rest}`);
        if ("unsafe" in value) return;
        expect(value.text).toMatch(/^(?:[^%\s\\$'"]|%%)+$/);
        expect(value.text.replaceAll("%%", "%")).toBe(`/${rest}`.replace(/\/$/, ""));
      }),
      { numRuns: 10_000 },
    );
  });
});
