import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JudgeFacts } from "@/server/change-sets/facts";
import { moduleFolders } from "@/server/change-sets/hold";
import { judgeManifest } from "@/server/change-sets/judge";
import { factsOf, type Files, judgedSmallSet, type Put, RUN_SECRET, smallSet } from "@/server/testing/small-set";
import { findingSentences } from "@/lib/review/findings";

type Row = { base?: Files; says: string[]; facts?: Partial<JudgeFacts> } & ({ set: Files } | { steps: Files[] });

function answer(row: Row): string[] {
  const { heldBack, draft, look } = judgedSmallSet(
    smallSet(row.base ?? {}, "steps" in row ? row.steps : [row.set]),
    row.facts,
  );
  return [
    ...heldBack.map(({ path, reason }) => `hold ${path}: ${reason.kind}`),
    ...draft.map(({ path, kind }) => `draft ${path}: ${kind}`),
    ...look.map(({ path, kind }) => `look ${path}: ${kind}`),
  ].toSorted();
}

/** One path with this content, and what is said of it; an empty list: nothing. */
const one = (path: string, content: Put, ...says: string[]): Row => ({
  set: { [path]: content },
  says: says.map((word) => word.replace(" ", ` ${path}: `)),
});
const link = (target: string): Put => ({ mode: "120000", content: target });
const submodule: Put = { mode: "160000", content: "" };
const awsKey = `AKIA${"ABCDEFGH23456789"}`;
const keyOf = (kind: string): string =>
  `-----BEGIN ${kind} KEY-----\n${"QUJDREVG".repeat(8)}\n-----END ${kind} KEY-----\n`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const dense = `var a=1;${"f(1,2);".repeat(10_000)}`;
const scripts = (all: Record<string, string>): string => JSON.stringify({ name: "x", scripts: all });

const ROWS: Record<string, Row> = {
  "plain code": one("src/a.ts", "export const a = 1;\n"),
  "a workflow": one(".github/workflows/ci.yml", "on: push\n", "hold workflow", "draft workflow"),
  "a workflow in other letters": one(".GitHub/Workflows/ci.yml", "on: push\n", "hold workflow", "draft workflow"),
  "a workflow's own script": one(".github/workflows/run.sh", "x\n", "hold workflow", "draft workflow"),
  "an action of the repository's own": one(".github/actions/x/action.yml", "x\n", "hold workflow", "draft workflow"),
  "an action.yaml": one(".github/actions/x/action.yaml", "x\n", "hold workflow", "draft workflow"),
  "an action elsewhere": one("tools/action.yml", "x\n"),
  "Dependabot's orders": one(".github/dependabot.yml", "x\n", "hold workflow", "draft workflow"),
  "an issue's template": one(".github/ISSUE_TEMPLATE/bug.md", "x\n"),
  "a link in the place of workflows": one(".github/workflows", link("../ci"), "hold workflow", "draft workflow"),
  "a link in the place of GitHub's folder": one(".github", link("ci"), "hold workflow", "draft workflow"),
  "a file in the place of GitHub's folder": one(".GitHub", "x", "hold workflow", "draft workflow"),
  "a workflow that goes": {
    base: { ".github/workflows/ci.yml": "x" },
    set: { ".github/workflows/ci.yml": null },
    says: ["draft .github/workflows/ci.yml: workflow", "hold .github/workflows/ci.yml: workflow"],
  },
  "a workflow where it is allowed": {
    set: { ".github/workflows/ci.yml": "on: push\n" },
    facts: { mayPushWorkflows: true },
    says: ["draft .github/workflows/ci.yml: workflow"],
  },
  "a workflow that somebody wants in all the same": {
    set: { ".github/workflows/ci.yml": "on: push\n" },
    facts: { pushAnyway: new Set([".github/workflows/ci.yml"]) },
    says: ["draft .github/workflows/ci.yml: workflow", "hold .github/workflows/ci.yml: workflow"],
  },
  "Claude's hooks": one(".claude/settings.json", "{}", "look reads_itself"),
  "Claude's hooks of a package": one("packages/x/.claude/commands/a.md", "x", "look reads_itself"),
  "servers of tools": one(".mcp.json", "{}", "look reads_itself"),
  "opencode's configuration": one("opencode.json", "{}", "look reads_itself"),
  "opencode's plugins": one(".opencode/plugin/x.js", "x", "look reads_itself"),
  "agents' orders": one("AGENTS.md", "x", "look reads_itself"),
  "agents' orders below": one("docs/agents.md", "x", "look reads_itself"),
  "Claude's orders": one("CLAUDE.md", "x", "look reads_itself"),
  "Cursor's rules": one(".cursor/rules/a.mdc", "x", "look reads_itself"),
  "Porter's configuration": one(".porter.yml", "x", "look reads_itself"),
  "an editor's tasks": one(".vscode/tasks.json", "{}", "look reads_itself"),
  "a container to work in": one(".devcontainer/devcontainer.json", "{}", "look reads_itself"),
  "git hooks": one(".husky/pre-commit", "x", "look reads_itself"),
  "npm's settings": one(".npmrc", "registry=x", "look reads_itself"),
  "yarn's settings": one(".yarnrc.yml", "x", "look reads_itself"),
  "yarn itself": one(".yarn/releases/yarn.cjs", "x", "look reads_itself"),
  "another service's checks": one(".circleci/config.yml", "x", "look reads_itself"),
  "a shell's settings": one(".envrc", "x", "look reads_itself"),
  "what every test imports": one("tests/conftest.py", "x", "look reads_itself"),
  "a word in a name": one("src/claude.ts", "x"),
  "a script after the installation": one("package.json", scripts({ postinstall: "x" }), "look install_script"),
  "a script of a package below": one("a/b/package.json", scripts({ prepare: "x" }), "look install_script"),
  "a script that people run": one("package.json", scripts({ test: "x" })),
  "a manifest that nobody can read": one("package.json", "{ oh", "look install_script"),
  "a script that was there": {
    base: { "package.json": scripts({ prepare: "x" }) },
    set: { "package.json": scripts({ prepare: "x", test: "y" }) },
    says: [],
  },
  "a script that says something else now": {
    base: { "package.json": scripts({ prepare: "x" }) },
    set: { "package.json": scripts({ prepare: "y" }) },
    says: ["look package.json: install_script"],
  },
  "composer's events": one("composer.json", scripts({ "post-install-cmd": "x" }), "look install_script"),
  "files out of the diff": one(".gitattributes", "*.ts -diff\n", "draft hides_diff"),
  "files that are said to be generated": one("src/.gitattributes", "* linguist-generated\n", "draft hides_diff"),
  "generated, the long way": one(".gitattributes", "*.ts text linguist-generated=true\n", "draft hides_diff"),
  "files that are said to be binary": one(".gitattributes", "*.ts binary\n", "draft hides_diff"),
  "line ends": one(".gitattributes", "# -diff\n*.bat text eol=crlf linguist-generated=false\n"),
  "an attribute that was there": {
    base: { ".gitattributes": "*.snap -diff\n" },
    set: { ".gitattributes": "*.sh text\n*.snap -diff\n" },
    says: [],
  },
  "characters that turn the order": one("a.c", "if (x /*\u202e } */\n", "draft invisible"),
  "characters of no width": one("a.py", "us\u200ber = 1\n", "draft invisible"),
  tags: one("a.md", `hello${String.fromCodePoint(0xe0041)}\n`, "draft invisible"),
  "a payload of selectors": one("a.js", `x(\`${String.fromCodePoint(0xe0110, 0xe0120)}\`)`, "draft invisible"),
  "emoji, Persian and a mark of the encoding": one("a.md", "\ufeffok 👩‍👩‍👧 ❤️ می‌خواهم\n"),
  "characters that were there": {
    base: { "a.c": "x\u202ey\n" },
    set: { "a.c": "x\u202ey\nz\n" },
    says: [],
  },
  "a name that nobody sees": one("a\u200bb.ts", "x", "draft invisible"),
  "minified code": one("web/app.js", dense, "draft minified"),
  "minified by name": one("web/app.min.js", "a;\n".repeat(30_000), "draft minified"),
  "minified behind a long licence": one("web/app.js", `${"// words\n".repeat(20_000)}${dense}`, "draft minified"),
  "small minified code": one("web/app.js", dense.slice(0, 40_000)),
  "much data": one("data/a.json", JSON.stringify([...Array(20_000).keys()])),
  "much code": one("src/a.ts", "export const a = 1;\n".repeat(5_000)),
  "a link in the tree": one("docs/a", link("../src/b")),
  "a link out of the tree": one("docs/a", link("../../etc/passwd"), "draft link_outside"),
  "a link to the machine's files": one("a", link("/etc/passwd"), "draft link_outside"),
  "a link to git's folder": one("a", link(".git/config"), "draft link_outside"),
  "a link to a drive": one("a", link("C:\\x"), "draft link_outside"),
  "a link that takes a file's content": {
    base: { b: "../../etc/passwd" },
    set: { a: link("../../etc/passwd") },
    says: ["draft a: link_outside"],
  },
  "a program": one("tool", Buffer.from("7f454c4602010100", "hex"), "draft program"),
  "a picture": one("a.png", Buffer.from("89504e470d0a1a0a0000", "hex")),
  "who owns code": one("CODEOWNERS", "* @x\n", "draft owners"),
  "who owns code, by GitHub": one(".github/CODEOWNERS", "* @x\n", "draft owners"),
  "nobody owns code any more": {
    base: { CODEOWNERS: "x" },
    set: { CODEOWNERS: null },
    says: ["draft CODEOWNERS: owners"],
  },
  "a lock alone": one("package-lock.json", "{}", "draft lock_alone"),
  "a lock with its manifest": { set: { "package-lock.json": "{}", "package.json": "{}" }, says: [] },
  "a lock with a package's manifest": { set: { "pnpm-lock.yaml": "x", "packages/a/package.json": "{}" }, says: [] },
  "a lock with somebody else's manifest": {
    set: { "web/yarn.lock": "x", "api/package.json": "{}" },
    says: ["draft web/yarn.lock: lock_alone"],
  },
  "a lock of another tool": {
    set: { "Cargo.lock": "x", "package.json": "{}" },
    says: ["draft Cargo.lock: lock_alone"],
  },
  "a submodule that nothing names": one("lib/x", submodule, "hold link_to_repository"),
  "a submodule": {
    set: { "lib/x": submodule },
    facts: { modules: new Set(["lib/x"]) },
    says: ["look lib/x: submodule"],
  },
  "a submodule that moves on": {
    base: { "lib/x": { mode: "160000", content: "old" } },
    set: { "lib/x": { mode: "160000", content: "new" } },
    says: ["look lib/x: submodule"],
  },
  "the run's secret": one("a.txt", `key: ${RUN_SECRET}\n`, "hold own_secret"),
  "the run's secret in base64": one("a.txt", base64(`x-access-token:${RUN_SECRET}`), "hold own_secret"),
  "the run's secret in hex": one("a.txt", Buffer.from(RUN_SECRET).toString("hex"), "hold own_secret"),
  "the run's secret in a URL": one("a.txt", `https://x/?k=${encodeURIComponent(RUN_SECRET)}`, "hold own_secret"),
  "the run's secret with letters between that nobody sees": one(
    "a.txt",
    `key: ${[...RUN_SECRET].join("\u200b")}\n`,
    "hold own_secret",
  ),
  "the run's secret with colours between": one("a.log", [...RUN_SECRET].join("\u001b[0m"), "hold own_secret"),
  "the run's secret in UTF-16": one("a.txt", Buffer.from(`\ufeffkey: ${RUN_SECRET}\n`, "utf16le"), "hold own_secret"),
  "the run's secret in UTF-16, the other way round": one(
    "a.txt",
    Buffer.from(`key: ${base64(RUN_SECRET)}\n`, "utf16le").swap16(),
    "hold own_secret",
  ),
  "the run's secret in a binary": one("a.bin", Buffer.from(`\0\xff${RUN_SECRET}\0`, "latin1"), "hold own_secret"),
  "the run's secret in a name": one(`a-${base64(RUN_SECRET)}`, "x", "hold own_secret"),
  "the run's secret as a link": one("a", link(RUN_SECRET), "hold own_secret"),
  "the run's secret that somebody wants in": {
    set: { "a.txt": RUN_SECRET },
    facts: { pushAnyway: new Set(["a.txt"]) },
    says: ["hold a.txt: own_secret"],
  },
  "the run's secret in a commit on the way": {
    steps: [{ "a.txt": RUN_SECRET }, { "a.txt": "nothing" }],
    says: ["hold a.txt: own_secret"],
  },
  "the run's secret behind a megabyte": one("a.txt", "x".repeat(1024 * 1024 - 9) + RUN_SECRET, "hold own_secret"),
  "somebody's key": one("a.txt", `id = ${awsKey}\n`, "draft foreign_secret"),
  "somebody's key in a binary": one("a.bin", `\0${awsKey}\0`, "draft foreign_secret"),
  "somebody's key far behind": one("a.txt", `${"words\n".repeat(900_000)}${awsKey}\n`, "draft foreign_secret"),
  "a large link": one("a", link("x/".repeat(2_500_000)), "draft link_outside"),
  "a letter on a border": one("a.md", `${"x".repeat(1024 ** 2 - 1)}${"ü\n".repeat(2_000_000)}`),
  "somebody's key that was there": { base: { a: `${awsKey}\n` }, set: { a: `${awsKey}\nmore\n` }, says: [] },
  "somebody's key on the way": { steps: [{ a: awsKey }, { a: null }], says: ["draft a: foreign_secret"] },
  "a private key": one("a.pem", keyOf("RSA PRIVATE"), "hold private_key"),
  "a private key by its name": one("home/id_ed25519", "x", "hold private_key"),
  "a public key": one("id_rsa.pub", "ssh-rsa AAAA"),
  settings: one(".env", "A=1", "hold env_file"),
  "settings of a place": one("api/.env.production", "A=1", "hold env_file"),
  "settings to copy": one(".env.example", "A="),
  "settings that were there": { base: { ".env": "A=1" }, set: { ".env": "A=2" }, says: [] },
  "settings that somebody wants in": { set: { ".env": "A=1" }, facts: { pushAnyway: new Set([".env"]) }, says: [] },
  "conflict markers": one("a", "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n", "draft conflict"),
  "half a conflict": one("a.md", "Title\n=======\n"),
  "a pointer of LFS": one(
    "a.psd",
    `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1\n`,
    "hold lfs",
  ),
  "git's folder for a file system": one("a/git~1/config", "x", "hold refused_by_git"),
  "git's folder with a dot behind": one(".git./config", "x", "hold refused_by_git"),
  "git's folder with a hidden letter": one(".g\u200cit/config", "x", "draft invisible", "hold refused_by_git"),
  "what is as it was in the end": {
    base: { a: "same\n" },
    steps: [{ a: "other\n" }, { a: "same\n" }],
    says: [],
  },
  "a file that only moved": { base: { a: `${awsKey}\n` }, set: { a: null, b: `${awsKey}\n` }, says: [] },
};

describe("what Porter says of a change set", () => {
  test.each(Object.entries(ROWS))("%s", (_name, row) => {
    const shadowed = row.says.filter((line) => !line.startsWith("draft") || !isHeld(line, row.says));
    expect(answer(row)).toEqual(shadowed.toSorted());
  });
});

/** What is held back says nothing else of the file, but that it was a workflow. */
const isHeld = (line: string, says: readonly string[]): boolean =>
  !line.endsWith(": workflow") && says.some((other) => other.startsWith(`hold ${line.split(" ")[1]}`));

test("holds back what was named but never handed over, and what nobody has read", () => {
  const set = smallSet({}, [{ a: "a", b: "b" }]);
  const { blobs } = set.manifest;
  const hidden = { ...set.manifest, blobs: blobs.slice(1) };
  expect(judgedSmallSet({ ...set, manifest: hidden }).heldBack).toEqual([{ path: "a", reason: { kind: "unseen" } }]);
  const unread = judgeManifest(set.manifest, new Map(), factsOf(set));
  expect(unread.heldBack.map(({ reason }) => reason.kind)).toEqual(["unseen", "unseen"]);
});

test("a machine can make a draft by its notes, and nothing else", () => {
  const plain = { a: "a" };
  expect(judgedSmallSet(smallSet({}, [plain])).isDraft).toBe(false);
  expect(judgedSmallSet(smallSet({}, [plain], [{ kind: "in_the_middle", of: "rebase" }])).isDraft).toBe(true);
  expect(judgedSmallSet(smallSet({}, [{ CODEOWNERS: "* @x" }], [{ kind: "files_only" }])).isDraft).toBe(true);
});

test("suggests a click where checks would run something else", () => {
  const asks = (files: Files, facts: Partial<JudgeFacts> = {}): boolean =>
    judgedSmallSet(smallSet({}, [files]), facts).suggestsClick;
  expect(asks({ "src/a.ts": "x" })).toBe(false);
  expect(asks({ "package.json": scripts({ postinstall: "x" }) })).toBe(true);
  expect(asks({ ".github/workflows/a.yml": "x" }, { mayPushWorkflows: true })).toBe(true);
  expect(asks({ "tests/conftest.py": "x" })).toBe(true);
});

test("reads the folders of submodules", () => {
  const text = '[submodule "a"]\n\tpath = lib/a\n\turl = x\n[submodule "b"]\r\n path="lib b/" \r\n#path = no\n';
  expect([...moduleFolders(text)]).toEqual(["lib/a", "lib b"]);
});

test("names what it found in sentences, the first paths of each", () => {
  const files = Object.fromEntries([..."abcdefg"].map((name) => [`${name}/CLAUDE.md`, "x"]));
  const { look, draft } = judgedSmallSet(
    smallSet({}, [{ ...files, "package.json": scripts({ postinstall: "x" }), k: awsKey }]),
  );
  expect(findingSentences([...draft, ...look])).toEqual([
    "`k`: holds something that looks like an AWS access key.",
    "`a/CLAUDE.md`, `b/CLAUDE.md`, `c/CLAUDE.md`, `d/CLAUDE.md`, `e/CLAUDE.md` and 2 more: is read by an agent without anybody asking.",
    "`package.json`: runs a script by itself (postinstall).",
  ]);
});

const anyPath = fc.constantFrom(
  "a",
  "src/b.ts",
  ".env",
  ".npmrc",
  "x/.github/y",
  ".github/workflows/c.yml",
  "CODEOWNERS",
  "d/id_rsa",
);
const anyText = fc.oneof(
  fc.string(),
  fc.constantFrom(
    RUN_SECRET,
    base64(RUN_SECRET),
    awsKey,
    keyOf("PRIVATE"),
    "x\u202ey",
    "<<<<<<< a\n=======\n>>>>>>> b\n",
  ),
);
const anyFiles = fc.dictionary(anyPath, fc.option(anyText, { freq: 5 }), { noNullPrototype: true });
const parameters = { seed: 20261130, numRuns: 300 };

test("never lets the run's secret by, whoever wants it in, in whichever commit", () => {
  const steps = fc.array(anyFiles, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(anyFiles, steps, (base, sets) => {
      const set = smallSet(base, sets);
      const everything = new Set(sets.flatMap((files) => Object.keys(files)));
      const { heldBack } = judgedSmallSet(set, { pushAnyway: everything, mayPushWorkflows: true });
      const held = new Set(heldBack.map(({ path }) => path));
      for (const { path, entry } of set.manifest.commits.flatMap(({ paths }) => paths)) {
        const content = set.contents.get(entry?.sha ?? "");
        if (content !== undefined && factsOf(set).containsOwnSecret(content)) expect(held).toContain(path);
      }
    }),
    parameters,
  );
});

test("says nothing more once what it named is left out", () => {
  fc.assert(
    fc.property(anyFiles, anyFiles, (base, files) => {
      const held = new Set(judgedSmallSet(smallSet(base, [files])).heldBack.map(({ path }) => path));
      const kept = Object.fromEntries(Object.entries(files).filter(([path]) => !held.has(path)));
      expect(judgedSmallSet(smallSet(base, [kept])).heldBack).toEqual([]);
    }),
    parameters,
  );
});

test("what nobody changed is nothing to say something about", () => {
  fc.assert(
    fc.property(anyFiles, (base) => {
      const files = Object.fromEntries(Object.entries(base).filter(([path]) => !path.startsWith(".github/workflows/")));
      const { heldBack, draft } = judgedSmallSet(smallSet(base, [files]));
      const kinds = new Set([...heldBack.map(({ reason }) => reason.kind), ...draft.map(({ kind }) => kind)]);
      for (const kind of ["owners", "lock_alone"] as const) kinds.delete(kind);
      expect([...kinds]).toEqual([]);
    }),
    parameters,
  );
});
