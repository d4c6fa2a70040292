// What the check of .github refuses, planted into a small project. That Porter's own is good is the check itself.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plantingGround } from "./planting-ground.ts";

const { plant, check, remove } = plantingGround();
afterAll(remove);

const DIGEST = "0123456789abcdef0123456789abcdef01234567";
const CHECKOUT = `uses: actions/checkout@${DIGEST} # v7.0.1\n        with: { persist-credentials: false }`;
const workflow = (step: string, change: (text: string) => string = (text) => text): string =>
  change(`name: Planted
on: push
permissions:
  contents: read
concurrency: one
jobs:
  one:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - ${step}
`);
const form = (field: string): string => `name: Planted\ndescription: Planted.\nbody:\n${field}`;

const WORKFLOWS: Record<string, [text: string, finding: string]> = {
  "an action by its tag": [workflow("uses: actions/cache@v4"), "without the 40 hex digits"],
  "an action by a branch": [workflow("uses: someone/action@main"), "without the 40 hex digits"],
  "an action by a short digest": [workflow(`uses: someone/action@${DIGEST.slice(0, 12)}`), "without the 40 hex digits"],
  "an action in a registry": [workflow("uses: docker://alpine:3"), "without the 40 hex digits"],
  "an action without a version": [workflow(`uses: someone/action@${DIGEST}`), "no version behind it"],
  "a shared workflow by its tag": [
    workflow("run: exit 0", (text) =>
      text.replace(/ {4}runs-on[\s\S]*$/, "    uses: someone/shared/.github/workflows/a.yml@v1\n"),
    ),
    "without the 40 hex digits",
  ],
  "a shared workflow that is not there": [
    workflow("run: exit 0", (text) =>
      text.replace(/ {4}runs-on[\s\S]*$/, "    uses: ./.github/workflows/not-here.yml\n"),
    ),
    "is not there",
  ],
  "a second digest of one action": [
    workflow(
      `uses: actions/checkout@${DIGEST.replaceAll("0", "9")} # v6.0.0\n        with: { persist-credentials: false }`,
    ),
    "another digest elsewhere",
  ],
  "a clone that keeps its token": [workflow(`uses: actions/checkout@${DIGEST} # v7.0.1`), "persist-credentials: false"],
  "a command that is none": [workflow("run: npm run no-such-command -- --all"), "npm run no-such-command"],
  "a quiet command that is none": [workflow("run: npm run --silent nothing-here"), "npm run nothing-here"],
  "a stranger's text in a script": [
    workflow("run: echo ${{ github.event.issue.title }}"),
    "puts github.event.issue.title into a script",
  ],
  "no time limit": [workflow("run: exit 0", (text) => text.replace(/ {4}timeout-minutes: 5\n/, "")), "timeout-minutes"],
  "no permissions": [workflow("run: exit 0", (text) => text.replace(/permissions:\n.*\n/, "")), "permissions"],
  "rights to write for all": [workflow("run: exit 0", (text) => text.replace("read", "write")), "permissions"],
  "no concurrency": [workflow("run: exit 0", (text) => text.replace("concurrency: one\n", "")), "concurrency"],
  "a stranger's pull request with own rights": [
    workflow("run: exit 0", (text) => text.replace("on: push", "on: pull_request_target")),
    "a stranger's code",
  ],
  "what is no YAML": [workflow('run: "exit 0'), "closing"],
  "a key that GitHub does not know": [workflow("runs: exit 0"), "unexpected value 'runs'"],
  "an event that GitHub does not know": [
    workflow("run: exit 0", (text) => text.replace("on: push", "on: pushed")),
    "pushed",
  ],
  "a job that waits for one that is not there": [
    workflow("run: exit 0\n  two:\n    needs: nobody\n    runs-on: ubuntu-24.04\n    steps: [{ run: exit 0 }]"),
    "nobody",
  ],
  "an expression that is none": [workflow("run: exit 0\n        if: ${{ nothing.at.all }}"), "nothing"],
};
const OTHERS: Record<string, [path: string, text: string, finding: string]> = {
  "a form with a field that GitHub does not know": [
    ".github/ISSUE_TEMPLATE/planted-field.yml",
    form("  - type: textfield\n    attributes: { label: What }\n"),
    "body[0].type",
  ],
  "a form without fields": [".github/ISSUE_TEMPLATE/planted-empty.yml", form("  []\n"), "body"],
  "owners of a path that is not there": [
    ".github/CODEOWNERS",
    "* @porter/all\n/not-here/ @porter/all\n",
    "names /not-here/",
  ],
  "another Node than the pinned one": [".nvmrc", "18.0.0\n", "says 18.0.0"],
};
const pathOf = (name: string): string => `.github/workflows/${name.replaceAll(/\W+/g, "-")}.yml`;

let lines: string[] = [];
beforeAll(async () => {
  plant(".github/workflows/a-good-one.yml", workflow(`${CHECKOUT}\n      - run: npm test -- --only check`));
  for (const [name, [text]] of Object.entries(WORKFLOWS)) plant(pathOf(name), text);
  for (const [path, text] of Object.values(OTHERS)) plant(path, text);
  const { code, output } = await check("--all", "--only", "github");
  expect(code).toBe(1);
  lines = output.split("\n");
});

describe("what GitHub reads", () => {
  test.each(Object.entries(WORKFLOWS))("may not hold %s", (name, [, finding]) => {
    const own = lines.filter((line) => line.startsWith(`${pathOf(name)}: `));
    expect(own.join("\n").toLowerCase()).toContain(finding.toLowerCase());
  });

  test.each(Object.entries(OTHERS))("may not hold %s", (_name, [path, , finding]) => {
    expect(lines.filter((line) => line.startsWith(`${path}: `)).join("\n")).toContain(finding);
  });

  test("is taken where it is good", () => {
    expect(lines.filter((line) => line.includes("a-good-one"))).toEqual([]);
  });
});
