import { describe, expect, test } from "@jest/globals";
import { expandPath } from "../../src/units/specifiers.ts";

describe("expandPath", () => {
  test.each([
    ["/home/%i/token", "a@zoe.service", "/home/zoe/token"],
    ["/home/%j/token", "jupyterhub-singleuser-zoe.service", "/home/zoe/token"],
    ["/x/%p/%n", "hub-zoe@gpu.service", "/x/hub-zoe/hub-zoe@gpu.service"],
    ["/x/%J", "jupyterhub-singleuser-ann\\x2dlee.service", "/x/ann-lee"],
    ["%t/x%%y", "a.service", "/run/x%y"],
    ["/srv/%m/x", "a.service", "/srv"],
    ["/srv/x-%m", "a.service", "/srv"],
    ["%m/x", "a.service", null],
    ["/plain", "a.service", "/plain"],
  ])("expands %s of %s to %s", (path, name, expanded) => {
    expect(expandPath(path, name)).toBe(expanded);
  });
});
