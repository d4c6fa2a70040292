/** A stretch of the source that holds an abuse off, and what stands there without it. */
export type SourceGuard = { file: string; text: string; without: string };

/** What somebody tries, what must come of it, and the test that shows it. */
export type Abuse = {
  abuse: string;
  expected: string;
  /** The file, and words of the test's name (its groups' names before it) as they stand in the file. */
  test: readonly [file: string, ...words: string[]];
  /** What shows it must be root, as the program of a machine is. */
  asRoot?: true;
  /** Taken out, the test is red (`npm run test:security -- --mutants`). */
  guard?: SourceGuard;
};

/** A promise of the threat model with what was tried against it. `also`: tests that the table does not run: they need a browser, or each other. */
export type Promised = { promise: string; abuses: readonly Abuse[]; also?: readonly string[] };

/** The files whose tests hold a promise. */
export const filesOf = ({ abuses, also = [] }: Promised): string[] => [
  ...new Set([...abuses.map(({ test: [file] }) => file), ...also]),
];
