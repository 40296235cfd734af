import { errors, type Page } from "playwright-core";
import { PASSWORD } from "./world.ts";

export const HUB = "http://127.0.0.1";

/** Fills in the login form and sends it. What comes then is the caller's business. */
export async function logIn(page: Page, user: string): Promise<void> {
  await page.goto(`${HUB}/hub/login`);
  await page.fill("#username_input", user);
  await page.fill("#password_input", PASSWORD);
  await page.click("#login_submit");
}

/** The hub's page with the servers of whoever is logged in, once its buttons do something. */
export async function openHome(page: Page): Promise<void> {
  await page.goto(`${HUB}/hub/home`, { waitUntil: "networkidle" });
}

const OUTPUT_TIMEOUT_MS = 10_000;
const MOST_TRIES = 5;

/** On JupyterLab's first page: opens a notebook, runs one cell, and resolves to what it gave. */
export async function runCell(page: Page, code: string): Promise<string> {
  await page.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
  // JupyterLab asks whether it may look for news, once.
  await page.getByRole("button", { name: "No", exact: true }).click();
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  const cell = page.locator(".jp-Notebook .jp-Cell .cm-content").first();
  await cell.click();
  // The notebook hears keys once the cell has the focus, and the page may still move that.
  await page.locator(".jp-Notebook.jp-mod-editMode").waitFor();
  await cell.fill(code);
  await page.locator(".jp-Notebook .jp-Cell .cm-content", { hasText: code }).first().waitFor();
  const output = page.locator(".jp-OutputArea-executeResult .jp-OutputArea-output").first();
  // JupyterLab forgets a cell that is run while its kernel is still connecting: then a person runs it again.
  for (let tries = 1; ; tries++) {
    await cell.press("Control+Enter");
    try {
      await output.waitFor({ timeout: OUTPUT_TIMEOUT_MS });
      return (await output.innerText()).trim();
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || tries === MOST_TRIES) throw error;
    }
  }
}
