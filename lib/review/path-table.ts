/** What reads a path by itself, the next time that somebody works or an agent runs. */
export type Reader = "an agent" | "an editor" | "git" | "a package manager" | "CI" | "a shell" | "a build or test tool";

/** A folder (`x/`) at any depth with all below it, or the name of a file at any depth; `*` stands for any end. */
const READERS: Record<Reader, string> = {
  "an agent": `.claude/ .opencode/ .cursor/ .codex/ .gemini/ .amp/ .agents/ .aider* .continue/ .roo/ .kiro/ .windsurf/ .junie/
    .mcp.json mcp.json opencode.json opencode.jsonc agents.md agents.override.md agent.md claude.md claude.local.md gemini.md
    .cursorrules .cursorignore .windsurfrules .clinerules .goosehints copilot-instructions.md *.instructions.md *.prompt.md
    .porter.yml .porter.yaml`,
  "an editor":
    ".vscode/ .devcontainer/ .devcontainer.json .zed/ .idea/ .fleet/ .nvim.lua .exrc .dir-locals.el *.code-workspace",
  git: `.husky/ .githooks/ .huskyrc* .pre-commit-config.yaml .pre-commit-config.yml lefthook.y* .lefthook.y* lefthook-local.y*
    .lintstagedrc* .overcommit.yml .gitmodules .gitconfig .lfsconfig`,
  "a package manager": `.npmrc .yarnrc* .yarn/ .pnp.* .pnpmfile.cjs .pnpmfile.mjs pnpmfile.js pnpm-workspace.yaml bunfig.toml
    .bundle/ .cargo/ .pypirc pip.conf pip.ini uv.toml nuget.config settings.xml .mvn/ gradle/ gradlew gradlew.bat mvnw mvnw.cmd
    init.gradle auth.json .condarc`,
  CI: `.gitlab-ci.yml .gitlab-ci.yaml .circleci/ .buildkite/ .drone.yml .travis.yml appveyor.yml .appveyor.yml jenkinsfile
    azure-pipelines* bitbucket-pipelines.yml .woodpecker/ .woodpecker.y* .cirrus.yml .semaphore/ .teamcity/ cloudbuild.y*
    buildspec.yml .gitpod.yml codemagic.yaml netlify.toml vercel.json renovate.json* .renovaterc*`,
  "a shell": ".envrc .tool-versions mise.toml .mise.toml .mise/ .direnv/ .bashrc .zshrc .profile",
  "a build or test tool": "build.rs conftest.py setup.py sitecustomize.py usercustomize.py *.pth",
};

const RULES = Object.entries(READERS).flatMap(([reader, names]) =>
  names.split(/\s+/).map((name) => ({ reader: reader as Reader, matches: matcher(name) })),
);

function matcher(name: string): (steps: readonly string[]) => boolean {
  if (name.endsWith("/")) return (steps) => steps.slice(0, -1).includes(name.slice(0, -1));
  if (name.startsWith("*")) return (steps) => steps.at(-1)?.endsWith(name.slice(1)) === true;
  if (name.endsWith("*")) return (steps) => steps.at(-1)?.startsWith(name.slice(0, -1)) === true;
  return (steps) => steps.at(-1) === name;
}

/** Who reads or runs this path without being told to; null: nobody that is known. */
export function readerOf(path: string): Reader | null {
  const steps = path.toLowerCase().split("/");
  return RULES.find(({ matches }) => matches(steps))?.reader ?? null;
}

const OWNERS = new Set(["codeowners", ".github/codeowners", "docs/codeowners"]);
export const isOwnersFile = (path: string): boolean => OWNERS.has(path.toLowerCase());

const NODE = ["package.json", "package.json5", "package.yaml"];
/** Files in which a tool writes down what it installed, with the files that people write. */
const LOCKS: Record<string, readonly string[]> = {
  "package-lock.json": NODE,
  "npm-shrinkwrap.json": NODE,
  "yarn.lock": NODE,
  "pnpm-lock.yaml": [...NODE, "pnpm-workspace.yaml"],
  "bun.lock": NODE,
  "bun.lockb": NODE,
  "deno.lock": ["deno.json", "deno.jsonc", "package.json"],
  "cargo.lock": ["cargo.toml"],
  "poetry.lock": ["pyproject.toml"],
  "pipfile.lock": ["pipfile"],
  "uv.lock": ["pyproject.toml"],
  "pdm.lock": ["pyproject.toml"],
  "pylock.toml": ["pyproject.toml"],
  "gemfile.lock": ["gemfile", "*.gemspec"],
  "composer.lock": ["composer.json"],
  "go.sum": ["go.mod"],
  "go.work.sum": ["go.work", "go.mod"],
  "mix.lock": ["mix.exs"],
  "pubspec.lock": ["pubspec.yaml"],
  "podfile.lock": ["podfile", "*.podspec"],
  "package.resolved": ["package.swift"],
  "packages.lock.json": ["*.csproj", "*.fsproj", "*.vbproj", "directory.packages.props"],
  "flake.lock": ["flake.nix"],
  "gradle.lockfile": ["build.gradle", "build.gradle.kts", "libs.versions.toml"],
  "conan.lock": ["conanfile.txt", "conanfile.py"],
};

const split = (path: string): { folder: string; name: string } => {
  const cut = path.lastIndexOf("/") + 1;
  return { folder: path.slice(0, cut).toLowerCase(), name: path.slice(cut).toLowerCase() };
};

/** The lock files among these changed paths beside or below which no manifest of theirs changed. */
export function locksAlone(paths: readonly string[]): string[] {
  const all = paths.map(split);
  return paths.filter((path) => {
    const { folder, name } = split(path);
    const manifests = Object.hasOwn(LOCKS, name) ? LOCKS[name] : undefined;
    if (manifests === undefined) return false;
    const isManifest = (other: string): boolean =>
      manifests.some((manifest) => (manifest.startsWith("*") ? other.endsWith(manifest.slice(1)) : other === manifest));
    return !all.some((other) => other.folder.startsWith(folder) && isManifest(other.name));
  });
}

// What git refuses to check out on file systems that ignore these characters or know short names.
const IGNORED_IN_NAMES = /[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/** Whether a step of the path is git's own folder in a spelling that some file system takes for it. */
export const isGitsOwn = (path: string): boolean =>
  path
    .split(/[/\\]/)
    .map((step) =>
      step
        .replace(IGNORED_IN_NAMES, "")
        .replace(/:.*$/, "")
        .replace(/[. ]+$/, "")
        .toLowerCase(),
    )
    .some((step) => step === ".git" || step === "git~1");
