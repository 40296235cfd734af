import { describe, expect, test } from "@jest/globals";
import { parseStatus } from "../../demo/process-status.ts";

const lines = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    Name: "node",
    Uid: "999\t998\t999\t999",
    Gid: "997\t996\t997\t997",
    Groups: "100 997 ",
    CapInh: "0000000000000000",
    CapPrm: "0000000000000000",
    CapEff: "0000000000000000",
    CapBnd: "0000000000000000",
    CapAmb: "0000000000000000",
    NoNewPrivs: "1",
    ...changes,
  })
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join("");

describe("a process's status", () => {
  test("gives the effective ids, the groups and the privileges", () => {
    expect(parseStatus(lines())).toEqual({
      uid: 998,
      gid: 996,
      groups: [100, 997],
      noNewPrivileges: true,
      hasNoCapability: true,
    });
  });

  test("may have no supplementary group", () => {
    expect(parseStatus(lines({ Groups: " " })).groups).toEqual([]);
  });

  test("counts a capability in any set", () => {
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(parseStatus(lines({ [name]: "0000000000200000" })).hasNoCapability).toBe(false);
    }
  });

  test("that lacks lines claims nothing good", () => {
    expect(parseStatus("Name:\tnode\n")).toMatchObject({
      uid: NaN,
      noNewPrivileges: false,
      hasNoCapability: false,
    });
  });
});
