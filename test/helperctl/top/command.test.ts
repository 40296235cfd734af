import { expect, test } from "@jest/globals";
import { helperctl } from "../support.ts";

test("top without a terminal is a matter of usage", async () => {
  const { status, printed, complained } = await helperctl(["top"]);
  expect({ status, printed }).toEqual({ status: 2, printed: "" });
  expect(complained).toMatch(/^helperctl: top needs a terminal .*\n$/);
});

test("top says by what it can sort", async () => {
  const { status, complained } = await helperctl(["top", "--sort", "memroy"]);
  expect(status).toBe(2);
  expect(complained).toBe(
    "helperctl: The table cannot be sorted by memroy, but by user, server, state, age, memory, cpu, tasks. Did you mean memory?\n",
  );
});
