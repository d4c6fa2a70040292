import { execFileSync } from "node:child_process";
import { helloPythonFiles, helloPythonIssues } from "../github/hello-python.ts";
import type { Seed } from "../github/seed.ts";

/** What the demo works on: an issue of the local world, and how its agent tests what it did. */
export type DemoRepository = {
  repo: string;
  issue: number;
  /** Null: nothing is claimed of it. */
  testCommand: string | null;
  /** Of the machine's, besides what Porter itself needs. */
  programs: string[];
  /** Where the standard world does not have it. */
  seed: Seed;
};

export const DEMO_REPOSITORIES = {
  node: { repo: "octocat/hello-porter", issue: 1, testCommand: null, programs: [], seed: {} },
  python: {
    repo: "octocat/hello-python",
    issue: 1,
    testCommand: "make test",
    programs: ["make", "python3"],
    seed: {
      repositories: [
        {
          owner: "octocat",
          name: "hello-python",
          description: "A greeter with a database, which a machine has to be set up for",
          files: helloPythonFiles,
          issues: helloPythonIssues,
        },
      ],
    },
  },
} satisfies Record<string, DemoRepository>;
export type DemoRepositoryName = keyof typeof DEMO_REPOSITORIES;
export const DEMO_REPOSITORY_NAMES = Object.keys(DEMO_REPOSITORIES) as DemoRepositoryName[];

/** The programs that this machine does not have. */
export const missingPrograms = ({ programs }: DemoRepository): string[] =>
  programs.filter((program) => {
    try {
      execFileSync(program, ["--version"], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
