/** A language whose packages are fetched by one command; the first file that is there says by which. */
const LANGUAGES: readonly (readonly [file: string, command: string][])[] = [
  [
    ["package-lock.json", "npm ci"],
    ["npm-shrinkwrap.json", "npm ci"],
    ["pnpm-lock.yaml", "pnpm install --frozen-lockfile"],
    ["yarn.lock", "yarn --immutable"],
  ],
  [
    ["uv.lock", "uv sync"],
    ["poetry.lock", "poetry install"],
    ["requirements.txt", "pip install -r requirements.txt"],
  ],
  [["go.mod", "go mod download"]],
  [["Gemfile.lock", "bundle install"]],
  [["composer.lock", "composer install"]],
  [["pom.xml", "mvn -q dependency:go-offline"]],
  [["Cargo.lock", "cargo fetch"]],
];
/** Of their own, for those who change the code. */
const MORE_REQUIREMENTS = ["requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt"];

/** The commands that fetch what a repository's locked packages are, with the files that say so. */
export function lockCommands(top: ReadonlySet<string>): { file: string; command: string }[] {
  return LANGUAGES.flatMap((files) => {
    const [file, command] = files.find(([name]) => top.has(name)) ?? [];
    if (file === undefined || command === undefined || isVendored(file, top)) return [];
    if (file === "yarn.lock" && top.has(".yarnrc.yml")) return [{ file, command: `corepack ${command}` }];
    return [{ file, command: file === "requirements.txt" ? withMore(command, top) : command }];
  });
}

/** Go's packages lie in the repository already. */
const isVendored = (file: string, top: ReadonlySet<string>): boolean =>
  file === "go.mod" && top.has("vendor") && !top.has("composer.lock") && !top.has("Gemfile.lock");

const withMore = (command: string, top: ReadonlySet<string>): string =>
  [command, ...MORE_REQUIREMENTS.filter((name) => top.has(name)).map((name) => `-r ${name}`)].join(" ");
