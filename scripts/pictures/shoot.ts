import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";

export type Shot = {
  name: string;
  /** null: nobody is signed in. */
  login: string | null;
  path: string;
  /** Brings the world into the picture's state before the page is opened, and back after it was taken. */
  before?: () => Promise<void>;
  after?: () => Promise<void>;
  /** Brings the page into the picture's state. */
  open?: (page: Page) => Promise<void>;
  /** One of many of its kind: two looks are enough. */
  isOfMany?: true;
};

const WIDTHS = [1440, 390];
const THEMES = ["light", "dark"] as const;
/** Live data, fonts and lazy parts have come. */
const SETTLE_MS = 1500;
const isWanted = ({ isOfMany }: Shot, theme: (typeof THEMES)[number], width: number): boolean =>
  isOfMany !== true || (theme === "light") === width > 1000;

/** Takes each picture in every theme and width; answers how many. */
export async function takePictures(input: {
  browser: Browser;
  url: string;
  folder: string;
  shots: Shot[];
  report: (line: string) => void;
}): Promise<number> {
  const { browser, url, folder, shots, report } = input;
  let count = 0;
  for (const login of new Set(shots.map((shot) => shot.login))) {
    for (const theme of THEMES) {
      const context = await browser.newContext({ colorScheme: theme, deviceScaleFactor: 1, baseURL: url });
      if (login !== null) await signInAs(context, login);
      for (const shot of shots.filter((one) => one.login === login)) {
        for (const width of WIDTHS.filter((one) => isWanted(shot, theme, one))) {
          const page = await context.newPage();
          page.on("console", (message) => message.type() === "error" && report(`${shot.name}: ${message.text()}`));
          page.on("pageerror", (error) => report(`${shot.name}: ${error.message}`));
          await page.setViewportSize({ width, height: width > 1000 ? 900 : 844 });
          await shot.before?.();
          await openShot(page, shot);
          await page.screenshot({ path: join(folder, `${shot.name}-${theme}-${width}.png`) });
          await page.close();
          await shot.after?.();
          count += 1;
        }
      }
      await context.close();
    }
  }
  return count;
}

/** Opens the page of a picture and brings it into the picture's state. */
export async function openShot(page: Page, shot: Shot): Promise<void> {
  await page.goto(shot.path);
  await page.waitForTimeout(SETTLE_MS);
  if (shot.open === undefined) return;
  await shot.open(page);
  await page.waitForTimeout(SETTLE_MS);
}

export async function signInAs(context: BrowserContext, login: string): Promise<void> {
  const page = await context.newPage();
  await page.goto("/api/auth/github");
  await page.getByRole("button", { name: new RegExp(login) }).click();
  await page.waitForURL(/\/(?:tasks|start)/);
  await page.close();
}
