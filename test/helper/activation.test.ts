import { describe, expect, test } from "@jest/globals";
import { inheritedSocket } from "../../src/helper/activation.ts";

const passed = { LISTEN_PID: "42", LISTEN_FDS: "1", LISTEN_FDNAMES: "helper" };

describe("inheritedSocket", () => {
  test("finds the socket that systemd passed to this process", () => {
    expect(inheritedSocket(passed, 42)).toBe(3);
  });

  test.each([
    ["no socket", {}, /start helper\.socket/],
    ["a socket for another process", { ...passed, LISTEN_PID: "1" }, /another process/],
    ["several sockets", { ...passed, LISTEN_FDS: "2" }, /2 were passed/],
    ["no number of sockets", { ...passed, LISTEN_FDS: "1x" }, /1x were passed/],
    ["a socket of another name", { ...passed, LISTEN_FDNAMES: "other" }, /not named helper/],
  ])("says why there is none for %s", (_, env, sentence) => {
    expect(inheritedSocket(env, 42)).toMatch(sentence);
  });
});
