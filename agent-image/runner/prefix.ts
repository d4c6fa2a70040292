import { join } from "node:path";

/**
 * Where each package manager installs to and what it keeps, below one folder of the agent's user: variable → folder. With
 * these "install" works without root, and whatever it brings is found by its name.
 */
const FOLDERS = {
  NPM_CONFIG_PREFIX: "npm",
  PNPM_HOME: "pnpm",
  YARN_GLOBAL_FOLDER: "yarn",
  COREPACK_HOME: "corepack",
  PYTHONUSERBASE: "python",
  PIPX_HOME: "pipx",
  UV_CACHE_DIR: "uv/cache",
  UV_PYTHON_INSTALL_DIR: "uv/python",
  UV_TOOL_DIR: "uv/tools",
  UV_TOOL_BIN_DIR: "uv/bin",
  GOPATH: "go",
  GOMODCACHE: "go/pkg/mod",
  GOCACHE: "go/build",
  GEM_HOME: "gems",
  COMPOSER_HOME: "composer",
  CARGO_HOME: "cargo",
  RUSTUP_HOME: "rustup",
  GRADLE_USER_HOME: "gradle",
  MAVEN_USER_HOME: "maven",
  MISE_DATA_DIR: "mise",
} as const;

/** Below the same folder, in the order in which programs are looked for. */
const PROGRAMS = [
  "npm/bin",
  "pnpm",
  "pnpm/bin",
  "python/bin",
  "uv/bin",
  "go/bin",
  "gems/bin",
  "composer/vendor/bin",
  "cargo/bin",
  "mise/shims",
];

export type Prefix = {
  /** To be made, and the agent's. */
  folders: string[];
  /** What the agent's environment has besides its PATH. */
  env: Record<string, string>;
  /**
   * To be put before the agent's PATH, and never before the supervisor's: a program of that name would be run as root.
   */
  path: string[];
};

/** The prefix that begins at a folder. */
export function prefixAt(root: string): Prefix {
  const env = Object.fromEntries(Object.entries(FOLDERS).map(([name, folder]) => [name, join(root, folder)]));
  return {
    folders: [root, ...new Set(Object.values(FOLDERS).map((folder) => join(root, folder)))],
    env: {
      ...env,
      // Java takes the home folder from the list of users and not from HOME.
      MAVEN_OPTS: `-Dmaven.repo.local=${join(root, "maven/repository")}`,
      // Debian's Python refuses what pip would install beside its own packages; here it goes to PYTHONUSERBASE.
      PIP_BREAK_SYSTEM_PACKAGES: "1",
    },
    path: PROGRAMS.map((folder) => join(root, folder)),
  };
}
