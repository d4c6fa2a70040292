import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { CHANGE_SET_LIMITS, type Manifest, manifestSchema } from "@/lib/change-set";
import { readJson } from "@/lib/json";
import { nothingMade } from "@/lib/write-progress";
import type { SetEntry } from "@/server/change-sets/facts";
import { moduleFolders } from "@/server/change-sets/hold";
import { isInline } from "@/server/change-sets/inline-text";
import { judgeManifest, type Judgement, judgeFile, pathsOfSet } from "@/server/change-sets/judge";
import { planWriting } from "@/server/change-sets/plan-writing";
import { writeCommits } from "@/server/tasks/writing/write-commits";
import { type StartedGitHub, startLocalGitHub } from "@/server/testing/local-github";

/** Where `npm run test:collect` has left what the runner collected; else a few cases are played here. */
const table = process.env["PORTER_COLLECT_TABLE"];
const FEW = [
  "commit on a branch, then back",
  "work tree at home, not committed",
  "stash of untracked files",
  "a new repository inside, without a commit",
  "sparse checkout, then work",
  "every kind of entry",
  "commits, a merge and what is left over",
];
const MOST_CASES = 1000;

const savedSchema = z.object({
  manifest: manifestSchema,
  base: z.array(
    z.object({
      path: z.string(),
      entry: z.object({ mode: z.enum(["100644", "100755", "120000", "160000"]), sha: z.string() }),
    }),
  ),
});
type Saved = { manifest: Manifest; base: Map<string, SetEntry>; contentOf: (sha: string) => Buffer };

let hub: StartedGitHub;
let folder = table ?? "";
beforeAll(async () => {
  hub = await startLocalGitHub();
  if (table !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), "porter-sets-"));
  const program = "agent-image/runner/collect/testing/save-cases.ts";
  execFileSync(process.execPath, [program, folder, ...FEW], { stdio: ["ignore", "ignore", "inherit"] });
});
afterAll(async () => {
  await hub.close();
  if (table === undefined) rmSync(folder, { recursive: true, force: true });
});

function read(place: string): Saved {
  const { manifest, base } = readJson(savedSchema, readFileSync(join(place, "set.json"), "utf8"));
  const content = readFileSync(join(place, "content"));
  const places = new Map(manifest.blobs.map((blob) => [blob.sha, blob]));
  return {
    manifest,
    base: new Map(base.map(({ path, entry }) => [path, entry])),
    contentOf(sha) {
      const blob = places.get(sha);
      if (blob === undefined) throw new Error(`${sha} was not handed over`);
      const from = (blob.part - 1) * CHANGE_SET_LIMITS.partBytes + blob.at;
      return content.subarray(from, from + blob.size);
    },
  };
}

/** What Porter says of a set; with nothing of the run's secrets, which the runner has held back. */
function judgeSaved({ manifest, base, contentOf }: Saved): Judgement {
  const named = manifest.commits.flatMap(({ paths }) => paths).findLast(({ path }) => path === ".gitmodules");
  const facts = {
    base,
    modules: named?.entry ? moduleFolders(contentOf(named.entry.sha).toString()) : new Set<string>(),
    mayPushWorkflows: false,
    pushAnyway: new Set<string>(),
    containsOwnSecret: () => false,
    foreignSecrets: () => [],
  };
  const places = pathsOfSet(manifest, facts);
  const written = new Set(places.flatMap(({ entry }) => entry?.sha ?? []));
  const handed = manifest.blobs.filter(({ sha }) => written.has(sha));
  const rulings = handed.map(({ sha }) => {
    const file = { sha, content: contentOf(sha), before: new Map<string, Uint8Array>() };
    return [sha, judgeFile(places, file, facts)] as const;
  });
  return judgeManifest(manifest, new Map(rulings), facts);
}

/** Brings the base to the local GitHub, as people would have. */
function pushBase(place: string, { base }: Manifest): void {
  const repository = join(place, "base.git");
  const git = (...args: string[]): string =>
    execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  git("clone", "--quiet", "--bare", join(place, "base.bundle"), repository);
  const url = new URL(`${hub.url}/${hub.ref.owner}/${hub.ref.name}.git`);
  Object.assign(url, { username: "x-access-token", password: hub.ownerToken });
  git("--git-dir", repository, "push", "--quiet", url.href, `${base}:refs/heads/base-${base}`);
  rmSync(repository, { recursive: true, force: true });
}

/** Writes it as Porter does, and says what the last commit makes of the base. */
async function write({ manifest, base, contentOf }: Saved): Promise<string[]> {
  const texts = new Map(
    manifest.blobs.filter(({ sha }) => isInline(contentOf(sha))).map(({ sha, size }) => [sha, size]),
  );
  const plan = planWriting({ manifest, base, leftOut: new Set(), squash: false, texts });
  if (plan === null) throw new Error("there is no plan");
  const written = await writeCommits({
    plan,
    base: { commit: manifest.base, tree: manifest.baseTree },
    progress: nothingMade(),
    keep: async () => {},
    mayCall: async () => null,
    treeOf: async (commit) => (await hub.repository.treeOf(commit)) ?? "",
    contentOf: async (sha) => contentOf(sha),
    messageOf: ({ messages }) => messages.join("\n\n"),
    git: hub.git,
  });
  expect(written).toMatchObject({ outcome: "written", tree: manifest.tree });
  const files = (await hub.repository.treeFiles(manifest.tree)) ?? new Map<string, SetEntry>();
  const changed = [...new Set([...base.keys(), ...files.keys()])].filter((path) => {
    const [before, after] = [base.get(path), files.get(path)];
    return before?.sha !== after?.sha || before?.mode !== after?.mode;
  });
  return changed.toSorted().map((path) => {
    const after = files.get(path);
    return `${after === undefined ? "D" : base.has(path) ? "M" : "A"} ${after?.mode ?? "000000"} ${path}`;
  });
}

test("what the runner collects of each case is what Porter writes, tree by tree", async () => {
  let cases = 0;
  for (let at = 0; at < MOST_CASES; at += 1) {
    const place = join(folder, String(at));
    if (!existsSync(place)) continue;
    cases += 1;
    const saved = read(place);
    const judgement = judgeSaved(saved);
    // The runner holds back by the same rules.
    expect([at, judgement.heldBack]).toEqual([at, []]);
    const made = saved.manifest.commits.length === 0 ? [] : (pushBase(place, saved.manifest), await write(saved));
    if (table === undefined) continue;
    const said = [
      ...judgement.draft.map((one) => `draft: ${one.kind} ${one.path}`),
      ...judgement.look.map((one) => `a look: ${one.kind} ${one.path}`),
    ];
    const lines = [...made, ...said].map((line) => `  Porter ${line}\n`);
    appendFileSync(`${place}.txt`, lines.length > 0 ? lines.join("") : "  Porter nothing\n");
  }
  expect(cases).toBeGreaterThanOrEqual(table === undefined ? FEW.length : 1);
}, 600_000);
