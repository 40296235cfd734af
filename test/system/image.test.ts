import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { PROJECT } from "./world.ts";

const image = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(join(PROJECT, "scripts/image"), args, { encoding: "utf8", env: { ...process.env, ...env } });

test("an image that cannot be built fails with the words of the mirror", () => {
  const cache = mkdtempSync(join(tmpdir(), "image-test-"));
  try {
    // Nothing listens on the port for discarding.
    const proxy = "http://127.0.0.1:9";
    const { status, stdout, stderr } = image(["trixie"], {
      HUB_HELPER_TESTBED_CACHE: cache,
      http_proxy: proxy,
      https_proxy: proxy,
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/building trixie from Debian's packages/);
    expect(stderr).toMatch(/Failed to fetch .*trixie/);
    expect(stderr).toMatch(/trixie could not be built/);
  } finally {
    rmSync(cache, { recursive: true });
  }
});

test("an image that is there is not built again", () => {
  const first = image(["trixie"]);
  expect(first.status).toBe(0);
  expect(image(["trixie"])).toMatchObject({ status: 0, stdout: first.stdout, stderr: "" });
});

test("a name without a recipe is refused", () => {
  expect(image(["../trixie"])).toMatchObject({ status: 64, stderr: expect.stringContaining("usage") });
});
