import { existsSync, globSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { ANY_USER_MODE, RunnerWorld } from "../../agent-image/testing/runner-process.ts";
import { ROOT } from "../checks/command.ts";
import { FIXTURES, setUpOfFixture } from "./fixtures.ts";

const FOUND: Record<string, string | null> = {
  node: "npm ci",
  "pnpm-workspace": "pnpm install --frozen-lockfile",
  python: "pip install -r requirements.txt",
  "python-c-extension": "pip install -r requirements.txt",
  "go-vendored": "go generate ./...",
  "java-maven": "mvn -q dependency:go-offline",
  ruby: "bundle install",
  php: "composer install",
  rust: "cargo fetch",
  postgres: 'psql "$DATABASE_URL" --quiet --file greetings.sql',
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

/** Whether the agent's user, who is not the one that looks, can start what is at a path. */
function isForAnybody(path: string): boolean {
  const mayEnter = (statSync(path).mode & 0o001) !== 0;
  return mayEnter && (path === dirname(path) || isForAnybody(dirname(path)));
}

/** Whether a program is there, for any user. */
function isThere(program: string): boolean {
  const paths = program.startsWith("/")
    ? [program]
    : (process.env["PATH"] ?? "").split(":").map((at) => join(at, program));
  return paths.some((path) => existsSync(path) && isForAnybody(realpathSync(path)));
}

function filesOf(name: string): Record<string, string> {
  const folder = join(ROOT, "agent-image/fixtures", name);
  const paths = globSync("**/{*,.*}", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.map((path) => [relative(".", path), readFileSync(join(folder, path), "utf8")]));
}

/** What the test command of a fixture's repository ends with, run by an agent; `setup`: before it. */
async function codeOf(name: string, setup: { run: string | null; services: ("postgres" | "redis")[] } | null) {
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  world.repository.commit("main", filesOf(name));
  const rest = { required: false, timeoutMs: 120_000, start: null, env: {}, secrets: {}, withheld: [], image: null };
  const claim = world.claimAnswer({
    sh: `if (${FIXTURES[name]?.test}); then echo 0 > code; else echo $? > code; fi`,
    say: "ok",
  });
  await world.run({ ...claim, ...(setup === null ? {} : { setup: { ...rest, ...setup } }) });
  return world.repository.git("show", "porter/abc:code").trim();
}

/** The others fetch what is no file of this project, or cost more: in the second ring, and in the image itself. */
const FIRST_RING = ["node", "postgres"];
const isWhole = process.env["PORTER_TEST_RING"] === "all";

describe("an agent's test command fails without the set-up that Porter finds, and passes with it", () => {
  for (const [name, { programs, prepare, asks }] of Object.entries(FIXTURES)) {
    const lacks = programs.filter((program) => !isThere(program));
    const isHere = lacks.length === 0 && prepare === undefined && asks === undefined;
    const why = isHere
      ? ""
      : `: not run here${lacks.length === 0 ? "" : `, without ${lacks.join(", ")}`}; npm run image:check`;
    test.skipIf(!isHere || (!isWhole && !FIRST_RING.includes(name)))(`${name}${why}`, async () => {
      const { run, services } = setUpOfFixture(name);
      expect(await codeOf(name, null)).not.toBe("0");
      expect(await codeOf(name, { run, services })).toBe("0");
    });
  }
});
