import { expect, test } from "@jest/globals";
import { parseProperties } from "../../demo/unit.ts";

test("properties keep what follows their first equals sign", () => {
  const shown = "MainPID=12\nEnvironment=A=1 B=2\nInvocationID=\n\n";
  expect(parseProperties(shown)).toEqual({ MainPID: "12", Environment: "A=1 B=2", InvocationID: "" });
});
