import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../checks/command.ts";
import { FIXTURES, setUpOfFixture } from "./fixtures.ts";

const FOUND: Record<string, string | null> = {
  node: "npm ci",
  "pnpm-workspace": "pnpm install --frozen-lockfile",
  python: "pip install -r requirements.txt",
  "python-c-extension": "pip install -r requirements.txt",
  "go-vendored": null,
  "java-maven": "mvn -q dependency:go-offline",
  ruby: "bundle install",
  php: "composer install",
  rust: "cargo fetch",
  postgres: "bash start-database.sh",
};

test.each(Object.entries(FOUND))("Porter finds how the repository %s is set up", (name, run) => {
  expect(setUpOfFixture(name)).toMatchObject({ run, problems: [] });
  expect(setUpOfFixture(name).from).not.toContain(".porter.yml");
});

test("every fixture is run in the image, and every folder is a fixture", () => {
  const folders = readdirSync(join(ROOT, "agent-image/fixtures")).toSorted();
  expect(Object.keys(FIXTURES).toSorted()).toEqual(folders);
  expect(Object.keys(FOUND).toSorted()).toEqual(folders);
});
