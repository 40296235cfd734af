import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { PROJECT } from "./world.ts";

const IMAGES = join(PROJECT, "docs/images");

/** Keeps what the page shows as docs/images/NAME.png, where UPDATE_SCREENSHOTS is set. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  if (process.env["UPDATE_SCREENSHOTS"] === undefined) return;
  await mkdir(IMAGES, { recursive: true });
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
}
