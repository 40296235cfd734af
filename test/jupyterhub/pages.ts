import type { Page } from "playwright-core";
import { PASSWORD } from "./world.ts";

export const HUB = "http://127.0.0.1";

/** Fills in the login form and sends it. What comes then is the caller's business. */
export async function logIn(page: Page, user: string): Promise<void> {
  await page.goto(`${HUB}/hub/login`);
  await page.fill("#username_input", user);
  await page.fill("#password_input", PASSWORD);
  await page.click("#login_submit");
}
