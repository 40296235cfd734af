import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import type { Testbed } from "../../testbed/index.ts";

/** Quiet: a browser that asks its maker for news would wait for a network that is not there. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium on this machine, whose network is the container's. It ends with `close`. */
export async function openBrowser(testbed: Testbed): Promise<Browser> {
  const directory = await mkdtemp(join(tmpdir(), "browser-"));
  const wrapper = join(directory, "chromium");
  // nsenter becomes the browser, so that the pipes through which it is driven stay open.
  const script = `#!/bin/sh\nexec nsenter --target=${testbed.leader} --net -- /usr/bin/chromium "$@"\n`;
  await writeFile(wrapper, script);
  await chmod(wrapper, 0o755);
  const browser = await chromium.launch({
    executablePath: wrapper,
    chromiumSandbox: false,
    args: ARGUMENTS,
  });
  browser.on("disconnected", () => void rm(directory, { recursive: true }));
  return browser;
}
