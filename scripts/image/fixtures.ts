import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SET_UP_FILES, type SetUpFile } from "../../lib/set-up/files.ts";
import { findSetUp, type SetUp } from "../../lib/set-up/find.ts";
import { ROOT } from "../checks/command.ts";
import { addFinding } from "./answers.ts";
import type { Findings } from "./findings.ts";
import { HOME, type ImageMachine } from "./machine.ts";

const FIXTURES_FOLDER = join(ROOT, "agent-image/fixtures");

type Fixture = {
  /** The repository's own test command: it fails in a fresh clone and passes once the set-up ran. */
  test: string;
  /** Makes what it fetches. */
  prepare?: string;
  /** Ends what the set-up left running. */
  after?: string;
  /** Its packages lie in it: nothing is set up, and the test passes as it is. */
  needsNone?: true;
  /** Without this its packages cannot be fetched, as where a registry is not reached. */
  asks?: { command: string; missing: string };
};

const GIT = "git -c user.name=A -c user.email=a@example.com";
const DATES = "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z";
/** What a fixture has in its folder `greet`, as a repository beside it. The same commit each time: lock files name it. */
const asRepository = (name: string): string =>
  `cp -r greet ../${name} && cd ../${name} && ${GIT} init --quiet && ${GIT} add . && ${DATES} ${GIT} commit --quiet -m greet`;

/** Small repositories of ten kinds, for which Porter finds by itself how they are set up. */
export const FIXTURES: Record<string, Fixture> = {
  node: { test: "node greets.js" },
  "pnpm-workspace": { test: "(cd packages/app && node greets.js)" },
  python: { test: "python -m unittest" },
  "python-c-extension": { test: "python -m unittest" },
  "go-vendored": { test: "go test ./...", needsNone: true },
  "java-maven": {
    test: "mvn --offline --quiet test",
    asks: {
      command: "curl --silent --fail --head https://repo.maven.apache.org/maven2/",
      missing: "Maven's registry is not reached here",
    },
  },
  ruby: { test: "ruby test_greet.rb", prepare: asRepository("ruby-greet") },
  php: { test: "php test.php" },
  rust: { test: "cargo test --offline --quiet", prepare: asRepository("rust-greet") },
  postgres: { test: "sh test.sh", after: '"$(pg_config --bindir)"/pg_ctl -D .data -m immediate stop' },
};

/** How Porter would set a fixture up: from what it finds, no file of Porter's being there. */
export function setUpOfFixture(name: string): SetUp {
  const folder = join(FIXTURES_FOLDER, name);
  const texts = SET_UP_FILES.filter((file) => existsSync(join(folder, file))).map((file): [SetUpFile, string] => [
    file,
    readFileSync(join(folder, file), "utf8"),
  ]);
  return findSetUp({ top: new Set(readdirSync(folder)), texts: new Map(texts) }).setUp;
}

/** Sets each fixture up as the agent's user and runs its tests, before and after. */
export function checkFixtures(machine: ImageMachine, findings: Findings): void {
  const folder = join(HOME, "fixtures");
  cpSync(FIXTURES_FOLDER, join(machine.root, folder), { recursive: true });
  machine.asRoot(`chown -R porter:porter ${HOME}`);
  for (const [name, fixture] of Object.entries(FIXTURES)) {
    const { asks } = fixture;
    if (asks !== undefined && !machine.asAgent(asks.command).isGood)
      findings.notChecked(`the repository ${name}: ${asks.missing}`);
    else addFinding(findings, `the repository ${name}`, machine.asAgent(scriptOf(`${folder}/${name}`, name, fixture)));
  }
}

function scriptOf(
  folder: string,
  name: string,
  { test, prepare = "true", after = "true", needsNone }: Fixture,
): string {
  const { run } = setUpOfFixture(name);
  const before = needsNone ? "true" : `if ${test}; then echo 'it passes without a set-up'; exit 1; fi`;
  const setUp = run === null ? "true" : `bash -e -o pipefail -c '${run.replaceAll("'", `'\\''`)}'`;
  return `cd ${folder} && (${prepare}) && { ${before}; ${setUp} && ${test}; code=$?; ${after}; exit $code; }`;
}
