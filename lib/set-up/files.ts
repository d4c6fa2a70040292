/** The files that say how a machine is set up, in the order in which they are asked. */
export const SET_UP_FILES = [
  ".porter.yml",
  ".github/workflows/copilot-setup-steps.yml",
  ".cursor/environment.json",
  ".openinspect/setup.sh",
  ".devcontainer/devcontainer.json",
  "mise.toml",
  ".tool-versions",
] as const;
export type SetUpFile = (typeof SET_UP_FILES)[number];

/** What Porter reads of a repository for this. A file of which nothing is known is not in `texts`; null: it is no text. */
export type RepositoryFiles = {
  /** Names of what lies at the top. */
  top: ReadonlySet<string>;
  texts: ReadonlyMap<SetUpFile, string | null>;
};
