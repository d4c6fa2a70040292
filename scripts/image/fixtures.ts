import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SET_UP_FILES, type SetUpFile } from "../../lib/set-up/files.ts";
import { MACHINE_SERVICES } from "../../agent-image/runner/set-up/services.ts";
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
  /** Programs without which a bare machine cannot run it. */
  programs: string[];
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
  node: { test: "node greets.js", programs: ["npm"] },
  "pnpm-workspace": { test: "(cd packages/app && node greets.js)", programs: ["pnpm"] },
  python: { test: "python -m unittest", programs: ["python", "pip"] },
  "python-c-extension": { test: "python -m unittest", programs: ["python", "pip", "cc"] },
  "go-vendored": { test: "go test .", programs: ["go"] },
  "java-maven": {
    test: "mvn --offline --quiet test",
    programs: ["mvn"],
    asks: {
      command: "curl --silent --fail --head https://repo.maven.apache.org/maven2/",
      missing: "Maven's registry is not reached here",
    },
  },
  ruby: { test: "ruby test_greet.rb", programs: ["ruby", "bundle"], prepare: asRepository("ruby-greet") },
  php: { test: "php test.php", programs: ["php", "composer"] },
  rust: { test: "cargo test --offline --quiet", programs: ["cargo", "cc"], prepare: asRepository("rust-greet") },
  postgres: { test: "sh test.sh", programs: ["psql", "/usr/lib/postgresql"] },
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

/** Where no fixture asks for it, a service answers all the same. */
export function checkRedis(machine: ImageMachine, findings: Findings): void {
  const { env, start } = MACHINE_SERVICES.redis;
  const cli = `redis-cli -u ${env["REDIS_URL"]}`;
  const command = `${inShell(start)} && test "$(${cli} ping)" = PONG; code=$?; ${cli} shutdown nosave; exit $code`;
  addFinding(findings, "Redis as a service", machine.asAgent(command));
}

/** As the runner does it: services, set-up, and their variables for both. */
function scriptOf(folder: string, name: string, { test, prepare = "true" }: Fixture): string {
  const { run, services } = setUpOfFixture(name);
  const before = `if ${test}; then echo 'it passes without a set-up'; exit 1; fi`;
  const started = services.map((service) => inShell(MACHINE_SERVICES[service].start));
  const variables = services.flatMap((service) => Object.entries(MACHINE_SERVICES[service].env));
  const exports = variables.map(([variable, value]) => `export ${variable}=${value}`);
  const setUp = run === null ? [] : [inShell(run)];
  const after = services.includes("postgres")
    ? '"$(pg_config --bindir)"/pg_ctl -D $HOME/.services/postgres -m immediate stop'
    : "true";
  const steps = [...exports, before, ...started, ...setUp, test].join("; } && { ");
  return `cd ${folder} && (${prepare}) && { { ${steps}; }; code=$?; ${after}; exit $code; }`;
}

const inShell = (script: string): string => `bash -e -o pipefail -c '${script.replaceAll("'", `'\\''`)}'`;
