import { describe, expect, test } from "@jest/globals";
import { lastOf, listOf, parseUnitFile } from "../../src/units/unit-file.ts";

const parse = (...lines: string[]) => parseUnitFile("x.service", lines.join("\n"));
const brief = (...lines: string[]) =>
  parse(...lines).map(({ section, key, value, line, column }) => [section, key, value, line, column]);

describe("a unit file", () => {
  test("is read with the lines and columns of its assignments", () => {
    expect(
      brief("# a comment", "[Unit]", "", "After=x.target", " ; another", "[Service]", "  User = zoe "),
    ).toEqual([
      ["Unit", "After", "x.target", 4, 1],
      ["Service", "User", "zoe", 7, 3],
    ]);
  });

  test("goes on in the next line after a backslash, with comments in between passed over", () => {
    expect(brief("[Service]", "ExecStart=/bin/sh \\", "# not this", "  -c \\", "x", "User=zoe")).toEqual([
      ["Service", "ExecStart", "/bin/sh    -c  x", 2, 1],
      ["Service", "User", "zoe", 6, 1],
    ]);
  });

  test("does not go on after a backslash that is escaped itself", () => {
    expect(brief("[Service]", "Environment=A=\\\\", "User=zoe")).toEqual([
      ["Service", "Environment", "A=\\\\", 2, 1],
      ["Service", "User", "zoe", 3, 1],
    ]);
  });

  test("may begin with a mark, end its lines as Windows does, and end in the middle of one", () => {
    expect(
      parseUnitFile("x", "\ufeff[Service]\r\nUser=zoe\r\nGroup=\\").map(({ key, line }) => [key, line]),
    ).toEqual([
      ["User", 2],
      ["Group", 3],
    ]);
  });

  test("has nothing in lines that are no assignments, or stand before the first section", () => {
    expect(brief("User=root", "[Service]", "nonsense", "=x", "")).toEqual([]);
  });

  test("is no trouble when it is hostile", () => {
    expect(() =>
      parseUnitFile("x", `[Service]\n${"\\".repeat(100_000)}\n${"=".repeat(100_000)}\n\0\u001b`),
    ).not.toThrow();
  });
});

describe("what counts", () => {
  const assignments = parse("[Service]", "A=1", "A=", "A=2", "A=3", "B=x", "B=", "[Other]", "A=4");

  test("of a list is what stands after the last empty assignment", () => {
    expect(listOf(assignments, "A").map(({ value }) => value)).toEqual(["2", "3"]);
    expect(listOf(assignments, "B")).toEqual([]);
  });

  test("of a single value is the last, an empty one too", () => {
    expect(lastOf(assignments, "A")).toMatchObject({ value: "3", line: 5 });
    expect(lastOf(assignments, "B")).toMatchObject({ value: "", line: 7 });
    expect(lastOf(assignments, "C")).toBeNull();
  });
});
