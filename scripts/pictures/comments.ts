// What the endings look like on GitHub: Porter's comments as GitHub draws their Markdown, and the issue's labels.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser } from "@playwright/test";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import type { World } from "../../local/world/world.ts";
import { ENDINGS, ENDINGS_REPOSITORY } from "./endings.ts";

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;width:800px;margin:16px;background:#fff;color:#1f2328}
h2{font-size:13px;margin:20px 0 4px}h2 span{font-weight:400;border:1px solid #d1d9e0;border-radius:2em;padding:0 7px}
article{border:1px solid #d1d9e0;border-radius:6px;padding:2px 14px}pre{background:#f6f8fa;padding:12px;overflow:auto}
blockquote{border-left:4px solid #d1d9e0;margin:0;padding-left:12px;color:#59636e}code{background:#eff1f3;padding:2px 4px}
article p{white-space:pre-line}sub{font-size:12px;vertical-align:baseline}a{color:#0969da}`;

/** One long picture, `comments.png`. Details stand open, so that all of it is seen. */
export async function shootComments(browser: Browser, { world, folder }: { world: World; folder: string }) {
  const { comments, issues } = await settled(world);
  const articles = ENDINGS.map((scene, index) => {
    const isHere = (at: { repository: string }, number: number) =>
      at.repository === ENDINGS_REPOSITORY && number === index + 1;
    const labels = issues.find((one) => isHere(one, one.number))?.labels ?? [];
    const own = comments.filter((one) => isHere(one, one.issue) && one.login !== scene.who);
    const drawn = own.map(({ body }) => {
      const html = micromark(body, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
      return `<article>${html.replaceAll("<details>", "<details open>")}</article>`;
    });
    return `<h2>${scene.story} ${labels.map((label) => `<span>${label}</span>`).join(" ")}</h2>${drawn.join("")}`;
  });
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.setContent(`<!doctype html><style>${STYLE}</style>${articles.join("")}`);
  await page.screenshot({ path: join(folder, "comments.png"), fullPage: true });
  await page.close();
}

/** Labels come after comments, and a world writes only so much a minute: an issue may still have that of its run. */
async function settled(world: World, patience = 60): ReturnType<World["github"]["state"]> {
  const state = await world.github.state();
  const own = state.issues.filter(
    ({ repository, number }) => repository === ENDINGS_REPOSITORY && number <= ENDINGS.length,
  );
  const isTold = own.every(({ labels }) =>
    labels.some((label) => label.startsWith("porter:") && label !== "porter:running"),
  );
  if (isTold || patience === 0) return state;
  await sleep(3000);
  return settled(world, patience - 1);
}
