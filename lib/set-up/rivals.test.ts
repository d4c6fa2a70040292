import { describe, expect, it } from "vitest";
import type { SetUpFile } from "./files.ts";
import { findSetUp } from "./find.ts";
import { problemSentence } from "./problem.ts";

const COPILOT = ".github/workflows/copilot-setup-steps.yml";
const CURSOR = ".cursor/environment.json";
const INSPECT = ".openinspect/setup.sh";
const CONTAINER = ".devcontainer/devcontainer.json";
const MISE = "mise.toml";
const ASDF = ".tool-versions";

/** `says`: the sentence of the tool's documentation that the expectation follows. */
type Row = {
  says: string;
  file: SetUpFile;
  text: string;
  top?: string[];
  run: string | null;
  start?: string;
  services?: string[];
  told?: string;
};

const job = (steps: string, more = "") =>
  `jobs:\n  copilot-setup-steps:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;

const ROWS: Row[] = [
  {
    says: "You can use a Copilot setup steps file to deterministically install tools or dependencies before Copilot starts work.",
    file: COPILOT,
    text: job(
      "      - uses: actions/checkout@v6\n      - uses: actions/setup-node@v4\n        with:\n          node-version: '20'\n          cache: npm\n      - name: Install\n        run: npm ci\n",
    ),
    run: "mise use --global node@20 || true\nnpm ci",
  },
  {
    says: "A copilot-setup-steps.yml file looks like a normal GitHub Actions workflow file, but must contain a single copilot-setup-steps job.",
    file: COPILOT,
    text: "on: push\njobs:\n  build:\n    steps:\n      - run: make everything\n",
    run: null,
    told: "`.github/workflows/copilot-setup-steps.yml`: `jobs.copilot-setup-steps` is not there in the form that its tool documents; correct it, or write `.porter.yml`.",
  },
  {
    says: "You can only customize the following settings of the copilot-setup-steps job. If you try to customize other settings, your changes will be ignored. [They are steps, permissions, runs-on, services, snapshot, timeout-minutes], your changes will be ignored.",
    file: COPILOT,
    text: `env: { WHOLE: 1 }\n${job("      - run: make deps\n", "    env: { JOB: 1 }\n    strategy: { matrix: { node: [20, 22] } }\n")}`,
    run: "make deps",
  },
  {
    says: "jobs.<job_id>.steps[*].run: runs command-line programs that do not exceed 21,000 characters using the operating system's shell.",
    file: COPILOT,
    text: job("      - run: |\n          npm ci\n          npm run build\n      - run: npx playwright install\n"),
    run: "(\nnpm ci\nnpm run build\n)\nnpx playwright install",
  },
  {
    says: "jobs.<job_id>.steps[*].working-directory: Using the working-directory keyword, you can specify the working directory of where to run the command.",
    file: COPILOT,
    text: job("      - run: bundle install\n        working-directory: ./the app\n"),
    run: "(\ncd './the app'\nbundle install\n)",
  },
  {
    says: "defaults.run: When more than one default setting is defined with the same name, GitHub uses the most specific default setting.",
    file: COPILOT,
    text: `defaults: { run: { working-directory: a } }\n${job("      - run: make\n      - run: make\n        working-directory: c\n", "    defaults: { run: { working-directory: b } }\n")}`,
    run: "(\ncd b\nmake\n)\n(\ncd c\nmake\n)",
  },
  {
    says: "jobs.<job_id>.steps[*].env: Sets variables for steps to use in the runner environment.",
    file: COPILOT,
    text: job("      - run: make\n        env:\n          MODE: it's on\n          LEVEL: 2\n"),
    run: "(\nexport MODE='it'\\''s on'\nexport LEVEL=2\nmake\n)",
  },
  {
    says: "jobs.<job_id>.steps[*].shell: You can override the default shell settings in the runner's operating system.",
    file: COPILOT,
    text: job("      - run: Get-Item .\n        shell: pwsh\n      - run: make\n        shell: bash\n"),
    run: "make",
    told: "`.github/workflows/copilot-setup-steps.yml`, line 5: this step is left out, because only its own tool can run it; write it in `.porter.yml` as a plain command.",
  },
  {
    says: "You can use expressions to programmatically set environment variables in workflow files and access contexts.",
    file: COPILOT,
    text: job("      - run: npm ci\n      - run: ./login ${{ secrets.TOKEN }}\n"),
    run: "npm ci",
    told: "`.github/workflows/copilot-setup-steps.yml`, line 6: this step is left out, because only its own tool can run it; write it in `.porter.yml` as a plain command.",
  },
  {
    says: "You can use the if conditional to prevent a step from running unless a condition is met.",
    file: COPILOT,
    text: job(
      "      - run: npm ci\n        if: always()\n      - run: choco install x\n        if: runner.os == 'Windows'\n",
    ),
    run: "npm ci",
    told: "`.github/workflows/copilot-setup-steps.yml`, line 7: this step is left out, because only its own tool can run it; write it in `.porter.yml` as a plain command.",
  },
  {
    says: "actions/setup-python: python-version: Version range or exact version of Python or PyPy to use, using SemVer's version range syntax.",
    file: COPILOT,
    text: job(
      "      - uses: actions/setup-python@v5\n        with: { python-version: '3.12' }\n      - run: pip install -e .[test]\n",
    ),
    run: "mise use --global python@3.12 || true\npip install -e .[test]",
  },
  {
    says: "jobs.<job_id>.steps[*].continue-on-error: Prevents a job from failing when a step fails. Set to true to allow a job to pass when this step fails.",
    file: COPILOT,
    text: job("      - run: make cache\n        continue-on-error: true\n      - run: make\n"),
    run: "set +e\n(\nset -e\nmake cache\n)\nset -e\nmake",
  },
  {
    says: "You can make an environment variable available to any subsequent steps in a workflow job by writing it to the GITHUB_ENV environment file.",
    file: COPILOT,
    text: job('      - run: echo "A=1" >> "$GITHUB_ENV"\n      - run: make\n'),
    run: "make",
    told: "`.github/workflows/copilot-setup-steps.yml`, line 5: this step is left out, because only its own tool can run it; write it in `.porter.yml` as a plain command.",
  },
  {
    says: "jobs.<job_id>.services: Used to host service containers for a job in a workflow. [Of these a machine has postgres and redis.]",
    file: COPILOT,
    text: job(
      "      - run: make\n",
      "    services: { db: { image: 'docker.io/library/postgres:16@sha256:0', ports: ['5432:5432'] }, cache: redis, mq: { image: rabbitmq } }\n",
    ),
    services: ["postgres", "redis"],
    run: "make",
  },
  {
    says: "YAML: 3.10 is a number, which is read as 3.1 where nobody writes it in quotes.",
    file: COPILOT,
    text: job("      - uses: actions/setup-python@v5\n        with: { python-version: 3.10 }\n      - run: make\n"),
    run: "mise use --global python@3.10 || true\nmake",
  },
  {
    says: "YAML: mapping keys must be unique, so a second key of the same name is an error.",
    file: COPILOT,
    text: job("      - run: make\n        run: make all\n"),
    run: null,
    told: "`.github/workflows/copilot-setup-steps.yml`, line 6: it cannot be read from here on; correct this line. Nothing of it counts.",
  },
  {
    says: "actions/setup-go: go-version: '1.22.x'; actions/setup-java: distribution and java-version are required; ruby/setup-ruby: ruby-version.",
    file: COPILOT,
    text: job(
      "      - uses: actions/setup-go@v5\n        with: { go-version: 1.22.x }\n      - uses: actions/setup-java@v4\n        with: { distribution: temurin, java-version: 21 }\n      - uses: ruby/setup-ruby@v1\n        with: { ruby-version: '3.3', bundler-cache: true }\n      - run: make\n",
    ),
    run: "mise use --global go@1.22 || true\nmise use --global java@temurin-21 || true\nmise use --global ruby@3.3 || true\nmake",
  },
  {
    says: "actions/setup-node: node-version-file: File containing the version Spec of the version to use. Examples: package.json, .nvmrc, .node-version, .tool-versions.",
    file: COPILOT,
    text: job(
      "      - uses: actions/setup-node@v4\n        with: { node-version-file: .nvmrc }\n      - run: npm ci\n",
    ),
    run: "mise use --global node@\"$(tr -d 'v[:space:]' < .nvmrc)\" || true\nnpm ci",
  },
  {
    says: "actions/setup-node: lts/* is an alias of the latest LTS version; a range such as >=18 is resolved by the action.",
    file: COPILOT,
    text: job(
      "      - uses: actions/setup-node@v4\n        with: { node-version: lts/* }\n      - uses: actions/setup-node@v4\n        with: { node-version: '>=18' }\n",
    ),
    top: ["package-lock.json"],
    run: "mise use --global node@lts || true\nnpm ci",
  },
  {
    says: "YAML: to maintain portability, tab characters must not be used in indentation.",
    file: COPILOT,
    text: "jobs:\n  copilot-setup-steps:\n\tsteps:\n",
    top: ["go.mod"],
    run: "go mod download",
    told: "`.github/workflows/copilot-setup-steps.yml`, line 3: it cannot be read from here on; correct this line. Nothing of it counts.",
  },
  {
    says: "install: The update script to run on VM startup (after pulling latest changes) to refresh dependencies.",
    file: CURSOR,
    text: '{ "install": "npm install", "terminals": [{ "name": "dev", "command": "npm run watch" }] }',
    run: "npm install",
  },
  {
    says: "start: The start command to run when the environment is started.",
    file: CURSOR,
    text: '{ "user": "ubuntu", "install": "pnpm i", "start": "sudo service docker start" }',
    run: "pnpm i",
    start: "sudo service docker start",
  },
  {
    says: "environment.schema.json: allowComments: true.",
    file: CURSOR,
    text: '{\n  // what every branch needs\n  "install": "make deps" /* once */\n}',
    run: "make deps",
  },
  {
    says: "environment.schema.json: install is of type string.",
    file: CURSOR,
    text: '{ "install": ["npm", "ci"] }',
    top: ["yarn.lock"],
    run: "yarn --immutable",
  },
  {
    says: "JSON: an object is an unordered set of name/value pairs, separated by commas.",
    file: CURSOR,
    text: '{\n  "install": "npm ci"\n  "start": "x"\n}',
    run: null,
    told: "`.cursor/environment.json`, line 3: it cannot be read from here on; correct this line. Nothing of it counts.",
  },
  {
    says: ".openinspect/setup.sh (provisioning): setup.sh runs for image builds and fresh sessions.",
    file: INSPECT,
    text: "#!/bin/bash\nset -e\nnpm ci\n",
    run: "bash .openinspect/setup.sh",
  },
  {
    says: "postCreateCommand: This command is the last of three that finalizes container setup when a dev container is created.",
    file: CONTAINER,
    text: '{ "image": "mcr.microsoft.com/devcontainers/base", "postCreateCommand": "pip install -r dev.txt" }',
    run: "pip install -r dev.txt",
  },
  {
    says: "[postCreateCommand] happens after updateContentCommand.",
    file: CONTAINER,
    text: '{ "postCreateCommand": "npm run build", "updateContentCommand": "npm ci", "postStartCommand": "npm start" }',
    run: "npm ci\nnpm run build",
  },
  {
    says: "Array: Passed to the OS for execution without going through a shell.",
    file: CONTAINER,
    text: '{ "postCreateCommand": ["echo", "foo=\'bar\'", "$HOME", "a b"] }',
    run: "echo 'foo='\\''bar'\\''' '$HOME' 'a b'",
  },
  {
    says: "Object: All lifecycle scripts have been extended to support object types to allow for parallel execution.",
    file: CONTAINER,
    text: '{ "postCreateCommand": { "server": "npm ci", "db": ["make", "my database"] } }',
    run: '(\nnpm ci\n) & pid0=$!\n(\nmake \'my database\'\n) & pid1=$!\nwait "$pid0"\nwait "$pid1"',
  },
  {
    says: "The devcontainer.json file is JSON with comments (jsonc). [Editors take a comma at the end, too.]",
    file: CONTAINER,
    text: '// For format details, see https://aka.ms/devcontainer.json\n{\n  "name": "App",\n  "postCreateCommand": "make",\n}\n',
    run: "make",
  },
  {
    says: "${containerWorkspaceFolder}: The path that the workspaces files can be found in the container. ${localEnv:VARIABLE_NAME}: Unset variables are left blank.",
    file: CONTAINER,
    text: '{ "updateContentCommand": "cd ${containerWorkspaceFolder}/web${localEnv:NOTHING} && npm ci", "postCreateCommand": ["ls", "${localWorkspaceFolder}/a b"] }',
    run: "cd $PWD/web && npm ci\nls \"$PWD\"'/a b'",
  },
  {
    says: "Default values can be provided for cases where an environment variable is not set: ${localEnv:VARIABLE_NAME:default_value}.",
    file: CONTAINER,
    text: '{ "postCreateCommand": "make ${localEnv:TARGET:all} ${containerEnv:MODE:de$bug}" }',
    run: "make all ${MODE:-de\\$bug}",
  },
  {
    says: "postCreateCommand: string, array, object. [No other type is named.]",
    file: CONTAINER,
    text: '{ "postCreateCommand": 5, "updateContentCommand": "npm ci" }',
    run: "npm ci",
    told: "`.devcontainer/devcontainer.json`: `postCreateCommand` is not there in the form that its tool documents; correct it, or write `.porter.yml`.",
  },
  {
    says: "mise install: With no arguments, installs every tool version your config requests that is not installed yet.",
    file: MISE,
    text: '[tools]\nnode = "20.10"\npython = ["3.12", "3.11"]\n\n[tasks.build]\nrun = "make"\n',
    top: ["package-lock.json", "uv.lock"],
    run: "mise install || true\nnpm ci\nuv sync",
  },
  {
    says: "TOML: bare keys may only contain ASCII letters, ASCII digits, underscores, and dashes; there must be a newline after a key/value pair.",
    file: MISE,
    text: '[tools]\nnode = "20" python = "3"\n',
    top: ["Cargo.lock"],
    run: "cargo fetch",
    told: "`mise.toml`, line 2: it cannot be read from here on; correct this line. Nothing of it counts.",
  },
  {
    says: "This is what a .tool-versions file looks like: ruby 2.5.3, nodejs 10.15.0. You can also include comments.",
    file: ASDF,
    text: "ruby 3.3.0 # the same as in production\n# another one\nnodejs 20.11.0\n",
    top: ["Gemfile.lock"],
    run: "mise install || true\nbundle install",
  },
  {
    says: "Multiple versions can be set by separating them with a space.",
    file: ASDF,
    text: "python 3.7.2 2.7.15 system\n",
    run: "mise install || true",
  },
  {
    says: "Whenever .tool-versions file is present in a directory, the tool versions it declares will be used. [A line is a tool and its versions.]",
    file: ASDF,
    text: "ruby\n",
    run: null,
    told: "`.tool-versions`, line 1: it cannot be read from here on; correct this line. Nothing of it counts.",
  },
];

const code = (text: string) => `\`${text}\``;
const found = (files: [SetUpFile, string][], top: string[] = []) =>
  findSetUp({ top: new Set(top), texts: new Map(files) }).setUp;

describe("files of other tools", () => {
  it.each(ROWS)("$file: $says", ({ file, text, top, run, start, services = [], told }) => {
    const setUp = found([[file, text]], top);
    expect(setUp).toMatchObject({ run, start: start ?? null, services, required: false });
    expect(setUp.problems.map((problem) => problemSentence(problem, code))).toEqual(told === undefined ? [] : [told]);
  });

  it("have thirty rows or more, and each has its sentence", () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(30);
    expect(ROWS.every(({ says }) => says.length > 30)).toBe(true);
  });

  it("are asked in their order, and the first that says anything is it", () => {
    const all: [SetUpFile, string][] = [
      [".porter.yml", "setup: make porter"],
      [COPILOT, job("      - run: make copilot\n")],
      [CURSOR, '{ "install": "make cursor" }'],
      [INSPECT, "make inspect"],
      [CONTAINER, '{ "postCreateCommand": "make container" }'],
      [MISE, '[tools]\nnode = "20"\n'],
      [ASDF, "nodejs 20\n"],
    ];
    const runs = all.map((_, at) => found(all.slice(at)).run);
    expect(runs).toEqual([
      "make porter",
      "make copilot",
      "make cursor",
      "bash .openinspect/setup.sh",
      "make container",
      "mise install || true",
      "mise install || true",
    ]);
    const silent = all.slice(4).map(([file, text]): [SetUpFile, string] => [file, file === CONTAINER ? "{}" : text]);
    expect(found(silent).from).toEqual([MISE]);
  });

  it("do not count beside the repository's own file, whatever that says", () => {
    const others: [SetUpFile, string][] = [[CURSOR, '{ "install": "make" }']];
    expect(found([[".porter.yml", "image: slim"], ...others], ["package-lock.json"]).run).toBeNull();
    expect(found([[".porter.yml", "{"], ...others], ["package-lock.json"]).run).toBeNull();
  });

  it("that are no text are as good as none", () => {
    const texts = new Map<SetUpFile, string | null>([[CURSOR, null]]);
    expect(findSetUp({ top: new Set(["go.mod"]), texts }).setUp.run).toBe("go mod download");
  });

  it.each(ROWS)("say the same after a byte order mark and with line ends as on Windows: $file: $says", (row) => {
    const { file, text, top, run, start } = row;
    const read = (content: string) => found([[file, content]], top);
    const windows = read(text.replaceAll("\n", "\r\n"));
    expect([windows.run, windows.start]).toEqual([run, start ?? null]);
    // A script is not read but run.
    if (file !== INSPECT) expect(read(`\uFEFF${text}`)).toMatchObject({ run, start: start ?? null });
  });
});

it.each<[string, string[], [SetUpFile, string | null][], string]>([
  [".porter.yaml", [".porter.yaml"], [], "`.porter.yaml`: nobody reads this name; rename it to `.porter.yml`."],
  ["porter.yml", ["porter.yml"], [], "`porter.yml`: nobody reads this name; rename it to `.porter.yml`."],
  [
    "a .porter.yml that is no text",
    [".porter.yml"],
    [[".porter.yml", null]],
    "`.porter.yml`: it is a link, or no text in UTF-8; save it as a plain file of text. Nothing of it counts.",
  ],
])("tells of %s, and looks at the other files", (_, top, texts, sentence) => {
  const { setUp } = findSetUp({ top: new Set([...top, "go.mod"]), texts: new Map(texts) });
  expect(setUp.run).toBe("go mod download");
  expect(setUp.problems.map((problem) => problemSentence(problem, code))).toEqual([sentence]);
});

describe("lock files", () => {
  it.each([
    [["package-lock.json"], "npm ci"],
    [["npm-shrinkwrap.json"], "npm ci"],
    [["pnpm-lock.yaml"], "pnpm install --frozen-lockfile"],
    [["yarn.lock"], "yarn --immutable"],
    [["yarn.lock", ".yarnrc.yml"], "corepack yarn --immutable"],
    [["package-lock.json", "pnpm-lock.yaml", "yarn.lock"], "npm ci"],
    [["bun.lock", "Pipfile.lock", "deno.lock", "pdm.lock", "mix.lock"], null],
    [["uv.lock", "requirements.txt"], "uv sync"],
    [["poetry.lock"], "poetry install"],
    [["requirements.txt"], "pip install -r requirements.txt"],
    [["requirements.txt", "requirements-dev.txt"], "pip install -r requirements.txt -r requirements-dev.txt"],
    [["go.mod", "go.sum"], "go mod download"],
    [["go.mod", "vendor"], null],
    [["Gemfile.lock"], "bundle install"],
    [["composer.lock", "vendor"], "composer install"],
    [["pom.xml"], "mvn -q dependency:go-offline"],
    [["Cargo.lock", "Cargo.toml"], "cargo fetch"],
    [["package-lock.json", "requirements.txt", "go.mod"], "npm ci\npip install -r requirements.txt\ngo mod download"],
    [["README.md", "package.json"], null],
  ])("%j: %s", (top, run) => {
    expect(found([], top).run).toBe(run);
  });
});
