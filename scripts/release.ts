// `npm run release -- 1.2.0`: shows what that release would be, and changes nothing.
//   -- 1.2.0 --write   makes it: its section of CHANGELOG.md out of the commits since the tag before, the versions of both
//                      package.json, one commit, one tag. Nothing is pushed; the pushed tag starts
//                      .github/workflows/release.yml.
//   -- 1.2.0 --notes   prints the section that the changelog has, for the release's page.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { notesOf, sectionOf, VERSION, withSection, type ReadCommit } from "./changelog.ts";
import { toolEnvironment } from "./checks/command.ts";
import { readJson } from "../lib/json.ts";

const CHANGELOG = "CHANGELOG.md";
/** Porter's own, and the image's: the runner tells Porter which release it is of. */
const PACKAGES = [".", "agent-image"];

/** What is wrong, in one sentence; nothing was changed. */
class Refusal extends Error {}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: "utf8", env: toolEnvironment(), maxBuffer: 2 ** 26 }).trim();
const git = (...args: string[]): string => run("git", ...args);

const currentVersion = (): string =>
  readJson(z.object({ version: z.string() }), readFileSync("package.json", "utf8")).version;
const isNewer = (version: string, than: string): boolean => version.localeCompare(than, "en", { numeric: true }) > 0;

/** The newest tag of a version below HEAD; undefined before the first one. */
const lastTag = (): string | undefined =>
  git("tag", "--merged", "HEAD", "--sort=-version:refname", "--list", "v[0-9]*").split("\n")[0] || undefined;

function commitsSince(tag: string | undefined): ReadCommit[] {
  const range = tag === undefined ? "HEAD" : `${tag}..HEAD`;
  return git("log", "-z", "--no-merges", "--format=%H%n%B", range)
    .split("\0")
    .filter((text) => text.trim() !== "")
    .map((text) => ({ hash: text.slice(0, text.indexOf("\n")), message: text.slice(text.indexOf("\n") + 1) }));
}

type Plan = { version: string; tag: string; section: string };

function planRelease(version: string): Plan {
  const [tag, before, last] = [`v${version}`, currentVersion(), lastTag()];
  if (git("tag", "--list", tag) !== "") throw new Refusal(`there is a tag ${tag} already`);
  // Before the first tag the version that package.json has was never released.
  if (!isNewer(version, before) && !(last === undefined && version === before))
    throw new Refusal(`${version} is not newer than ${before}, the version of package.json`);
  const commits = commitsSince(last);
  if (commits.length === 0) throw new Refusal(`there is no commit since ${last ?? "the beginning"}`);
  const date = new Date().toISOString().slice(0, 10);
  return { version, tag, section: sectionOf({ name: version, date }, commits) };
}

function makeRelease({ version, tag, section }: Plan): void {
  if (git("status", "--porcelain") !== "") throw new Refusal("the work tree has changes that are in no commit");
  const before = existsSync(CHANGELOG) ? readFileSync(CHANGELOG, "utf8") : "# Changelog\n";
  writeFileSync(CHANGELOG, withSection(before, section));
  for (const folder of PACKAGES)
    run("npm", "version", version, "--no-git-tag-version", "--allow-same-version", "--prefix", folder);
  const files = PACKAGES.flatMap((folder) => [join(folder, "package.json"), join(folder, "package-lock.json")]);
  git("add", CHANGELOG, ...files);
  git("commit", "--quiet", "--message", `chore(release): ${tag}`);
  git("tag", "--annotate", tag, "--message", `Porter ${version}`);
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: "boolean", default: false }, notes: { type: "boolean", default: false } },
  });
  const [version = "", ...others] = positionals;
  if (others.length > 0 || !VERSION.test(version)) throw new Refusal("say one version, such as 1.2.0");
  if (values.notes) {
    const notes = notesOf(existsSync(CHANGELOG) ? readFileSync(CHANGELOG, "utf8") : "", version);
    if (notes === undefined) throw new Refusal(`${CHANGELOG} has no section ${version}`);
    console.log(notes);
    return;
  }
  const plan = planRelease(version);
  console.log(plan.section);
  if (!values.write) {
    console.error(
      `Nothing was changed. \`npm run release -- ${version} --write\` makes it: commit and tag ${plan.tag}.`,
    );
    return;
  }
  makeRelease(plan);
  console.error(`Made ${plan.tag}. \`git push --follow-tags\` publishes it.`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`No release: ${error.message}.`);
  process.exitCode = 1;
}
