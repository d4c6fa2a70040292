import { lateParts } from "./wait-until-idle.ts";
import { expect, isLive, testAlone as test } from "./stories.ts";

test("scripts, styles and fonts are asked for once, and not at all by the next load", async ({ page, signIn }) => {
  await signIn("octocat");
  const load = async () => {
    await page.goto("/tasks");
    await isLive(page);
    await lateParts(page);
    return page.evaluate(() =>
      (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => new URL(name).pathname.startsWith("/_next/static/"))
        .map(({ name, transferSize }) => ({ name, isAsked: transferSize > 0 })),
    );
  };
  const first = await load();
  expect(first.filter(({ isAsked }) => isAsked).length).toBeGreaterThan(10);
  const second = await load();
  const known = second.filter(({ name }) => first.some((one) => one.name === name));
  expect(known.length).toBeGreaterThan(10);
  expect(known.filter(({ isAsked }) => isAsked)).toEqual([]);
  const [{ name } = { name: "" }] = second;
  expect((await page.request.get(name)).headers()).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
  });
});
