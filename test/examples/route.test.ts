import { describe, expect, test } from "@jest/globals";
import { parseRoute } from "../../examples/hub/route.ts";

describe("the example hub's pages", () => {
  test.each([
    ["GET", "/servers", { action: "list" }],
    ["GET", "/events", { action: "events" }],
    ["POST", "/users/zoe/server", { action: "launch", user: "zoe", server: "" }],
    ["POST", "/users/zoe/servers/gpu", { action: "launch", user: "zoe", server: "gpu" }],
    ["DELETE", "/users/zoe/servers/gpu", { action: "stop", user: "zoe", server: "gpu" }],
    ["POST", "/users/..%2Fssh/server", { action: "launch", user: "../ssh", server: "" }],
    ["POST", "/users/zoe/servers/gr%C3%BCn", { action: "launch", user: "zoe", server: "grün" }],
  ] as const)("%s %s is one", (method, path, route) => {
    expect(parseRoute(method, path)).toEqual(route);
  });

  test.each([
    ["POST", "/servers"],
    ["GET", "/users/zoe/server"],
    ["POST", "/users/zoe"],
    ["POST", "/users//server"],
    ["POST", "/users/zoe/servers/"],
    ["POST", "/users/zoe/server/gpu"],
    ["POST", "/users/%E0%A4/server"],
  ])("%s %s is none", (method, path) => {
    expect(parseRoute(method, path)).toBeNull();
  });
});
