import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/**
 * Rows below the fold are rendered too: what the browser leaves out (`content-visibility`) keeps the colours of the
 * theme before, until somebody scrolls to it.
 */
const renderAll = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { content-visibility: visible !important }");
    document.adoptedStyleSheets.push(sheet);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  });

type Asked = {
  /** Some of its rules instead of all. */
  rules?: string[];
  /** A selector: that part instead of the whole page. */
  within?: string;
};

/** What axe finds. */
export async function axeViolations(page: Page, { rules, within }: Asked = {}): Promise<string[]> {
  if (within === undefined) await renderAll(page);
  // Porter has no frames, and what axe did not object to nobody reads: a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  if (rules !== undefined) axe.withRules(rules);
  if (within !== undefined) axe.include(within);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
