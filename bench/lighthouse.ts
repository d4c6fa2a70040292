// `npm run bench -- lighthouse [--form-factor desktop|mobile] [--runs 5] [--only tasks,task] [--json]`: Lighthouse over the
// built Worker in a local world with 200 tasks. Prints each page's medians (as JSON with `--json`) and ends with 1 when
// one is under its floor (bench/lighthouse-settings.ts) or when the largest paint is not in the server's HTML.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import lighthouse, { type Result } from "lighthouse";
import { freePort } from "../local/world/free-port.ts";
import { ensureBuilt } from "../scripts/build.ts";
import { findBrowser } from "../scripts/find-browser.ts";
import { SCENES } from "../scripts/pictures/cast.ts";
import { playStories } from "../scripts/pictures/play.ts";
import { signInAs } from "../scripts/pictures/shoot.ts";
import { BROWSER_ARGUMENTS, CATEGORIES, configOf, FLOORS, type FormFactor, RUNS } from "./lighthouse-settings.ts";
import { type AuditFinding, findingsOf, isInHtml, lcpElement, medianOf, METRICS } from "./lighthouse-result.ts";

const { values } = parseArgs({
  options: {
    "form-factor": { type: "string", default: "desktop" },
    runs: { type: "string", default: String(RUNS) },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const report = (line: string): void => console.error(line);

/** `cookie`: the request header of somebody who is signed in, empty for a stranger. */
type Page = { name: string; url: string; cookie: string };

type PageResult = {
  page: string;
  /** Medians: scores from 0 to 100, times in ms, CLS without unit. */
  scores: Record<string, number>;
  metrics: Record<string, number>;
  lcp: { element: string; isInHtml: boolean }[];
  /** Audits with weight that failed in any run, and what Lighthouse warned of. */
  findings: AuditFinding[];
};

function formFactorOf(text: string): FormFactor {
  if (text !== "desktop" && text !== "mobile") throw new Error("--form-factor is desktop or mobile");
  return text;
}

/** A trace may lack its beginning on a busy machine, which is no result: then it is taken again. */
const TRIES = 3;
async function runOnce(page: Page, formFactor: FormFactor, executablePath: string): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await tryOnce(page, formFactor, executablePath);
    if (result.runtimeError === undefined) return result;
    const { code, message } = result.runtimeError;
    if (tries === TRIES) throw new Error(`${page.url}: ${code} ${message}`);
    report(`${page.name}: ${code}, again`);
  }
}

async function tryOnce({ url, cookie }: Page, formFactor: FormFactor, executablePath: string): Promise<Result> {
  const port = await freePort();
  const args = [...BROWSER_ARGUMENTS, `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const extraHeaders = cookie === "" ? null : { cookie };
    const run = await lighthouse(url, { port, extraHeaders, logLevel: "error" }, configOf(formFactor));
    if (run === undefined) throw new Error(`Lighthouse gave no result for ${url}`);
    return run.lhr;
  } finally {
    await browser.close();
  }
}

async function measure(page: Page, formFactor: FormFactor, executablePath: string): Promise<PageResult> {
  const runs: Result[] = [];
  for (let run = 1; run <= Number(values.runs); run++) {
    const result = await runOnce(page, formFactor, executablePath);
    runs.push(result);
    const figures = METRICS.map((name) => `${name} ${result.audits[name]?.displayValue ?? "none"}`);
    report(`${page.name} ${run} of ${values.runs}: ${score(result, "performance")}, ${figures.join(", ")}`);
  }
  const medians = (names: readonly string[], of: (run: Result, name: string) => number) =>
    Object.fromEntries(names.map((name) => [name, medianOf(runs.map((run) => of(run, name)))]));
  const html = await (await fetch(page.url, { headers: page.cookie === "" ? {} : { cookie: page.cookie } })).text();
  // Lighthouse cannot name an element that a later render replaced; no name in any run is a finding.
  const named = runs.map(lcpElement).filter(({ selector }) => selector !== "");
  const elements = new Map((named.length > 0 ? named : runs.map(lcpElement)).map((one) => [one.selector, one]));
  return {
    page: page.name,
    scores: medians(CATEGORIES, score),
    metrics: medians(METRICS, (run, name) => run.audits[name]?.numericValue ?? Number.NaN),
    lcp: [...elements.values()].map((one) => ({
      element: `${one.selector} “${one.text}”`,
      isInHtml: isInHtml(html, one.text),
    })),
    findings: findingsOf(runs),
  };
}

const score = (run: Result, category: string): number => Math.round((run.categories[category]?.score ?? 0) * 100);

/** The request header of a browser in which somebody has signed in by hand. */
async function cookieOf(url: string, login: string, executablePath: string): Promise<string> {
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    const context = await browser.newContext({ baseURL: url });
    await signInAs(context, login);
    const cookies = await context.cookies(url);
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const formFactor = formFactorOf(values["form-factor"]);
  const executablePath = findBrowser(report);
  await ensureBuilt(report);
  const stateDir = mkdtempSync(join(tmpdir(), "porter-lighthouse-"));
  const { world, taskIds } = await playStories(stateDir, report);
  try {
    const cookie = await cookieOf(world.porter.url, "octocat", executablePath);
    // For the name localhost OpenNext has HTML sent unpacked; for any other it is packed, as Cloudflare packs it.
    const url = world.porter.url.replace("//localhost:", "//127.0.0.1:");
    const task = taskIds[SCENES.findIndex(({ story }) => story === "race")] ?? "";
    const pages: Page[] = [
      { name: "landing", url: `${url}/`, cookie: "" },
      { name: "tasks", url: `${url}/tasks`, cookie },
      { name: "task", url: `${url}/tasks/${task}`, cookie },
    ];
    const wanted = values.only?.split(",");
    const results: PageResult[] = [];
    for (const page of pages.filter(({ name }) => wanted?.includes(name) ?? true))
      results.push(await measure(page, formFactor, executablePath));
    tell(formFactor, results);
  } finally {
    await world.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function tell(formFactor: FormFactor, results: PageResult[]): void {
  const low = results.flatMap(({ page, scores, lcp }) => [
    ...CATEGORIES.filter((category) => (scores[category] ?? 0) < FLOORS[category]).map(
      (category) => `${page}: ${category} ${scores[category]} is under ${FLOORS[category]}`,
    ),
    ...lcp.filter((one) => !one.isInHtml).map(({ element }) => `${page}: ${element} is not in the server's HTML`),
  ]);
  if (values.json) {
    const machine = { cpus: availableParallelism(), load: loadavg() };
    const told = { bench: "lighthouse", formFactor, runs: Number(values.runs), machine, results, low };
    console.log(JSON.stringify(told, null, 2));
  } else {
    console.table(Object.fromEntries(results.map(({ page, scores, metrics }) => [page, { ...scores, ...metrics }])));
    for (const { page, lcp, findings } of results) {
      for (const { element, isInHtml: inHtml } of lcp)
        console.log(`${page}: largest paint ${element}, ${inHtml ? "in" : "not in"} the server's HTML`);
      for (const { id, title, where } of findings) console.log(`${page}: ${id}: ${title} ${where.join(", ")}`);
    }
  }
  for (const line of low) report(`✗ ${line}`);
  process.exitCode = low.length === 0 ? 0 : 1;
}

await main();
