import type { Measured } from "./measure";

/** Methods that read more in a larger database, and why they may. */
export const GROWS_WITH: Record<string, string> = {
  "sealed.versionsInUse": "counts every sealed value: asked by the rotation of keys alone",
};

/** Methods that sort what they found, which is never a history. */
export const SORTS_FEW: Record<string, string> = {
  "accounts.findOauthToken": "people who had one login",
  "accounts.findByLogin": "people who had one login",
  "accounts.listSessions": "one person's browsers",
  "tasks.search": "one page that was found by ids",
  "tasks.frame": "one person's waiting tasks",
  "tasks.queuePosition": "one person's waiting tasks",
  "tasks.hasSlot": "one person's waiting tasks",
  "tasks.line": "one person's waiting tasks",
  "tasks.startable": "one person's waiting tasks",
  "tasks.claimSlot": "one person's waiting tasks",
  "audit.ofPerson": "two pages that become one",
  "obligations.countGivenUp": "kinds of what was given up",
  "githubLocations.open": "what is open in one repository",
  "githubLocations.renameAccount": "repositories of one installation, once a rename",
  "repositorySecrets.lastSetUps": "attempts of a person's newest 100 tasks",
  "repositorySettings.forget": "repositories of one installation, once it is gone",
  "erasure.erase": "one person's rows, once",
  "ignored.counts": "outcomes of a week",
  "ignored.newest": "two pages that become one",
  "ignored.ofPerson": "two pages that become one",
  "changeSets.wasVerified": "sets of a repository's newest 50 runs",
  "changeSets.taskIdsOf": "one person's rows, once",
};

/** Methods that walk through a table in the order of its numbers, and stop. */
export const STOPS: Record<string, string> = {
  "audit.all": "at the end of a page",
  "operations.deadLetters": "at the end of a page",
  "rowEnds.end": "at the first row that is young",
};

/** So much more is the same: pages of an index are not full alike. */
const SAME = 1.1;

/** What reads more rows in the larger database, with both figures. */
export const growthOf = (small: Measured[], large: Measured[]): string[] =>
  large.flatMap(({ method, read }, index) => {
    const before = small[index]?.read ?? 0;
    return read <= before * SAME || method in GROWS_WITH ? [] : [`${method}: ${before} rows, then ${read}`];
  });

/** Steps over whole tables or indexes, and sorts, that no line above explains. */
export const unindexedSteps = (measured: Measured[]): string[] =>
  measured.flatMap(({ method, plans }) =>
    method in GROWS_WITH || method in STOPS
      ? []
      : plans.filter((step) => !(method in SORTS_FEW && step.startsWith("USE"))).map((step) => `${method}: ${step}`),
  );
