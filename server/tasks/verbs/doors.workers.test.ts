import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { CLOSED_ISSUE } from "@/lib/closed-issue";
import { FAILURES } from "@/lib/failures";
import { AppError } from "@/server/errors";
import { reconcile, sweepDueRows } from "@/server/reconcile/reconcile";
import { accessTo } from "@/server/repositories/access";
import { askGate, type Door, DOORS } from "@/server/repositories/gate";
import { loadRunSettings } from "@/server/settings/run-settings";
import { retryTask } from "./retry";
import { retryOwnTask } from "./retry-own";
import { permitFor } from "@/server/testing/permit";
import {
  aMint,
  aStage,
  AT_DOOR,
  aWorkingRun,
  restoreState,
  type DoorStage,
  type State,
  STATES,
} from "@/server/testing/doors";

// Every door at which somebody's power in a repository is used, in every state in which they may have lost it.

/** What the gate alone cannot tell: the ways in which a door answers to a yes, a no and a doubt. */
const KINDS: readonly State[] = ["nothing", "permission", "not_listed", "issue_closed", "away"];
/** Told in words of their own. */
const TOLD: readonly State[] = ["renamed", "archived", "unselected", "suspended", "saml"];

/** `goes on`: the power is handed out, or what runs goes on. `waits`: neither that nor an end. */
const ENDS = {
  nothing: "goes on",
  renamed: "goes on",
  renamed_and_lost: "ends as permission_lost",
  permission: "ends as permission_lost",
  not_there: "ends as permission_lost",
  nobody_named: "ends as permission_lost",
  name_taken: "ends as permission_lost",
  other_person: "ends as permission_lost",
  issue_closed: "ends as issue_closed",
  issue_gone: "ends as issue_closed",
  archived: "ends as repository_archived",
  not_listed: "ends as not_listed",
  member: "goes on",
  no_member: "ends as not_listed",
  other_organisation: "ends as not_listed",
  members_unknown: "waits",
  unselected: "ends as repository_not_selected",
  repository_lost: "ends as access_lost",
  suspended: "ends as access_lost",
  uninstalled: "ends as access_lost",
  saml: "ends as github_saml",
  away: "waits",
  limited: "waits",
} satisfies Record<State, string>;
const RETRIES = {
  nothing: "goes on",
  renamed: "goes on",
  renamed_and_lost: "told forbidden",
  permission: "told forbidden",
  not_there: "told forbidden",
  nobody_named: "told forbidden",
  name_taken: "told forbidden",
  other_person: "told forbidden",
  issue_closed: "told closed",
  issue_gone: "told not_found",
  archived: "told conflict",
  not_listed: "told forbidden",
  member: "goes on",
  no_member: "told forbidden",
  other_organisation: "told forbidden",
  members_unknown: "told unavailable",
  unselected: "told forbidden",
  repository_lost: "told forbidden",
  suspended: "told forbidden",
  uninstalled: "told forbidden",
  saml: "told forbidden",
  away: "told unavailable",
  limited: "told rate_limited",
} satisfies Record<State, string>;
// An issue that is closed, or gone, has stopped its runs by an event of its own; what was stopped may save its work.
const MACHINES = { ...ENDS, issue_closed: "goes on", issue_gone: "goes on", saml: "waits" };

const SILENCE = Object.fromEntries(Object.keys(STATES).map((state) => [state, "silence"])) as Record<State, string>;

const EXPECTED: Record<Door, Record<State, string>> = {
  comment: {
    nothing: "goes on",
    renamed: "goes on",
    renamed_and_lost: "silence",
    permission: "silence",
    not_there: "silence",
    nobody_named: "silence",
    name_taken: "silence",
    other_person: "silence",
    issue_closed: "told closed",
    issue_gone: "told closed",
    archived: "told repository_archived",
    not_listed: "told not_listed",
    member: "goes on",
    no_member: "told not_listed",
    other_organisation: "told not_listed",
    members_unknown: "silence",
    unselected: "told repository_not_selected",
    repository_lost: "silence",
    suspended: "silence",
    uninstalled: "silence",
    saml: "silence",
    away: "silence",
    limited: "silence",
  },
  // Whoever may write there may stop what runs there, on the list or not.
  stop_by_comment: {
    ...SILENCE,
    nothing: "goes on",
    renamed: "goes on",
    name_taken: "goes on",
    issue_closed: "goes on",
    issue_gone: "goes on",
    archived: "goes on",
    not_listed: "goes on",
    member: "goes on",
    no_member: "goes on",
    other_organisation: "goes on",
    members_unknown: "goes on",
    unselected: "told repository_not_selected",
  },
  // Who cannot see the repository is told the same as where there is none.
  dispatch: {
    ...RETRIES,
    not_there: "told not_found",
    nobody_named: "told not_found",
    // It is asked for by its name.
    name_taken: "goes on",
    other_person: "told not_found",
    repository_lost: "told not_found",
    suspended: "told not_found",
    uninstalled: "told not_found",
    saml: "told not_found",
  },
  retry: RETRIES,
  retry_with_another_agent: RETRIES,
  retry_with_other_words: RETRIES,
  // It ends something, so neither a doubt nor a closed issue keeps anybody from it.
  undo: {
    ...RETRIES,
    not_listed: "goes on",
    no_member: "goes on",
    other_organisation: "goes on",
    members_unknown: "goes on",
    issue_closed: "goes on",
    issue_gone: "goes on",
    archived: "goes on",
    name_taken: "goes on",
    saml: "goes on",
    away: "goes on",
    limited: "goes on",
  },
  settings: {
    ...RETRIES,
    nobody_named: "told not_found",
    // It is asked for by its name: what was changed is the other one's.
    name_taken: "nothing",
    not_there: "told not_found",
    other_person: "told not_found",
    issue_closed: "goes on",
    issue_gone: "goes on",
    archived: "goes on",
    repository_lost: "told not_found",
    suspended: "told not_found",
    uninstalled: "told not_found",
    saml: "told unavailable",
  },
  end_of_wait: ENDS,
  automatic_attempt: ENDS,
  launch: ENDS,
  claim: MACHINES,
  token: MACHINES,
  // The work is kept: what GitHub refuses permanently leaves it there.
  pull_request: { ...MACHINES, saml: "ends as github_saml" },
  publish: { ...RETRIES, issue_closed: "goes on", issue_gone: "goes on" },
  running: { ...MACHINES, members_unknown: "goes on", saml: "goes on", away: "goes on", limited: "goes on" },
};

const ASKED: readonly Door[] = [
  "comment",
  "stop_by_comment",
  "dispatch",
  "retry",
  "retry_with_another_agent",
  "retry_with_other_words",
  "undo",
  "settings",
  "publish",
];

function toldAs(answer: unknown): string | null {
  const text = answer instanceof AppError ? answer.message : String(answer);
  if (text === "silence") return text;
  if (text.includes(CLOSED_ISSUE)) return "told closed";
  if (answer instanceof AppError) return `told ${answer.code}`;
  const code = Object.entries(FAILURES).find(([, { sentence }]) => text.includes(sentence))?.[0];
  return code === undefined ? null : `told ${code}`;
}

/**
 * What a door was tried with before, as far as it can be tried again: a refusal leaves the one who asks where they were,
 * and what ended leaves its person.
 */
type Left = { stage?: DoorStage | undefined; open?: (() => Promise<unknown>) | undefined };
async function tryDoor(door: Door, state: State, left: Left): Promise<string> {
  const stage = left.stage ?? (await aStage());
  // Launches of one moment are limited.
  if (left.open === undefined) stage.pipe.clock.advance(61_000);
  const open = left.open ?? (await AT_DOOR[door](stage));
  left.stage = left.open = undefined;
  const became = await observe(door, state, { stage, open });
  if (became !== "goes on" && !(await isWrittenDown(state, stage))) return `${became}, and nothing is written down`;
  if (!/^(?:told|ends as) \w+$|^silence$/.test(became)) return became;
  await restoreState(stage, state);
  left.stage = stage;
  if (isLeftOpen(door)) left.open = open;
  return became;
}

/** To be refused the undoing of a retry ends it. */
const isLeftOpen = (door: Door): boolean => ASKED.includes(door) && door !== "undo" && door !== "publish";

/** They have no power there, or none in this Porter: the reason that the audit log has of it. */
const POWERLESS: Partial<Record<State, string>> = {
  permission: "permission_lost|no_write_access",
  not_there: "permission_lost|no_write_access",
  other_person: "permission_lost|no_write_access",
  not_listed: "not_listed",
  no_member: "not_listed",
  unselected: "repository_not_selected",
};
/** Whether a refusal, where it was one, left its line. */
async function isWrittenDown(state: State, { as, issue }: DoorStage): Promise<boolean> {
  const reason = POWERLESS[state];
  if (reason === undefined) return true;
  const lines = await as.db.audit.ofPerson(issue, { before: null, limit: 500 });
  return lines.some(({ action, detail }) => action.endsWith(".refuse") && new RegExp(reason).test(detail ?? ""));
}

type Scene = { stage: DoorStage; open: () => Promise<unknown> };
async function observe(door: Door, state: State, { stage, open }: Scene): Promise<string> {
  const { pipe, as } = stage;
  const powers = async () => [
    (await as.db.repositorySettings.get(10))?.settings,
    pipe.machines.machines.length,
    pipe.github.state.pulls.length,
    [...pipe.github.state.liveTokens, ...pipe.github.state.revokedTokens].filter((token) => token.includes("-10-"))
      .length,
  ];
  await STATES[state](stage);
  const before = await powers();
  const answer = await open().catch((error: unknown) => error);
  // What was let in would start now.
  for (const { id } of await as.db.tasks.listForUser(stage.issue, { limit: 20 }))
    await reconcile(pipe.context, { kind: "task", id });
  const isHanded = (await powers()).join() !== before.join();
  const [task] = await as.db.tasks.listForUser(stage.issue, { limit: 1 });
  const isOver = task?.status === "failed";
  if (ASKED.includes(door)) {
    const told = toldAs(answer);
    if (told !== null) return isHanded ? `${told}, and starts` : told;
    return (DOORS[door].ends ? isOver && !isHanded : isHanded) ? "goes on" : "nothing";
  }
  if (isOver) return `ends as ${task.failureCode}${isHanded ? ", and starts" : ""}`;
  return isHanded || door === "running" ? "goes on" : "waits";
}

const ALL_DOORS = Object.keys(DOORS) as Door[];
const ALL_STATES = Object.keys(STATES) as State[];

/** What the gate says of each, which is what a door makes its answer of. */
const AT_GATE: Record<(typeof DOORS)[Door]["looksAt"], Record<State, string>> = {
  issue: ENDS,
  repository: MACHINES,
  nothing: { ...MACHINES, archived: "goes on", name_taken: "goes on" },
};
/** Where something only ends the list says nothing. */
const OF_LIST: readonly State[] = ["not_listed", "member", "no_member", "other_organisation", "members_unknown"];
const AT_END = { ...AT_GATE.nothing, ...Object.fromEntries(OF_LIST.map((state) => [state, "goes on"])) };

describe("the gate", () => {
  let stage: DoorStage;
  beforeAll(async () => {
    stage = await aStage();
  });
  it.each(ALL_STATES)("%s, at every door", async (state) => {
    await STATES[state](stage);
    const place = { installationId: stage.issue, repositoryId: 10, repoOwner: "acme", repoName: "widgets" };
    const person = { userId: stage.issue, login: stage.login };
    const asked = { access: accessTo(place), person, issueNumber: stage.issue };
    const settings = await loadRunSettings(stage.as, stage.issue);
    for (const door of ALL_DOORS) {
      const answer = await askGate(stage.as, { ...asked, door, settings });
      const code = answer.is === "refused" ? answer.code.replace("issue_missing", "issue_closed") : "";
      const said = { granted: "goes on", refused: `ends as ${code}`, unknown: "waits" }[answer.is];
      expect([door, said]).toEqual([door, (DOORS[door].ends ? AT_END : AT_GATE[DOORS[door].looksAt])[state]]);
    }
    await restoreState(stage, state);
  });
});

/** At these doors the first ring tries what is told in its own words: one for each way of telling it. */
const TELLERS: readonly Door[] = ["comment", "stop_by_comment", "dispatch", "retry", "settings"];
const statesAt = (door: Door): readonly State[] => {
  if (env.TEST_RING === "all") return ALL_STATES;
  return TELLERS.includes(door) ? [...KINDS, ...TOLD] : KINDS;
};

describe.each(ALL_DOORS)("at the door %s", (door) => {
  const left: Left = {};
  it.each(statesAt(door))("%s", async (state) => {
    expect(await tryDoor(door, state, left)).toBe(EXPECTED[door][state]);
  });
});

it("GitHub is asked once on the way from a comment to a working machine, and again where its answer counts no more", async () => {
  const stage = await aStage();
  const { calls } = stage.pipe.github;
  const asked = () => calls.filter((call) => call === "permissionOf").length;
  const before = calls.length;
  const { id } = await aWorkingRun(stage);
  const questions = ["permissionOf", "getRepository", "issue", "runFiles", "thread", "writers"];
  expect(calls.slice(before).filter((call) => questions.includes(call))).toEqual(questions);
  const mint = await aMint(stage, id);
  stage.pipe.clock.advance(60_000);
  await mint();
  expect(asked()).toBe(1);
  stage.pipe.clock.advance(1);
  await mint();
  expect(asked()).toBe(2);
});

it("who took another login is called by it from then on", async () => {
  const stage = await aStage();
  const task = await stage.failed();
  STATES.renamed(stage);
  await retryOwnTask(stage.as, task, { agent: null });
  const login = `${stage.login}-today`;
  expect(await stage.as.db.tasks.get(task.id)).toMatchObject({ createdBy: login, userId: stage.issue });
  expect(await stage.as.db.accounts.findById(stage.issue)).toMatchObject({ login, normalizedLogin: login });
});

it("a permit is good for its person and its repository alone", async () => {
  const stage = await aStage();
  const [task, other] = [await stage.failed(), await (await aStage()).failed()];
  const permit = await permitFor(stage.as, other);
  await expect(retryTask(stage.as, task, { by: stage.login, permit })).rejects.toThrow("another person");
  const elsewhere = { ...task, repositoryId: 11 };
  const own = await permitFor(stage.as, task);
  await expect(retryTask(stage.as, elsewhere, { by: stage.login, permit: own })).rejects.toThrow("another repository");
});

it("what was handed over before its person lost the permission is kept, and neither written nor a pull request", async () => {
  const stage = await aStage();
  const open = await AT_DOOR.pull_request(stage);
  STATES.permission(stage);
  await open();
  const [task] = await stage.as.db.tasks.listForUser(stage.issue, { limit: 1 });
  expect(task).toMatchObject({ failureCode: "permission_lost", prNumber: null, savedBranch: null });
  expect([stage.pipe.github.state.pulls, stage.pipe.github.state.shown]).toEqual([[], []]);
});

it("a command that starts nothing asks for the permission alone", async () => {
  const stage = await aStage();
  const before = stage.pipe.github.calls.length;
  expect((await stage.say({ kind: "help" })).outcome).toBe("help");
  const asked = stage.pipe.github.calls.slice(before);
  expect(asked.filter((call) => ["getRepository", "issue", "runFiles", "thread", "writers"].includes(call))).toEqual(
    [],
  );
});

it("who lost the permission has their machine destroyed and its token revoked, and the issue is told why", async () => {
  const stage = await aStage();
  const open = await AT_DOOR.running(stage);
  STATES.permission(stage);
  await open();
  await sweepDueRows(stage.pipe.context);
  const { machines } = stage.pipe.machines;
  expect(machines.map(({ state }) => state)).toEqual(["destroyed"]);
  expect([...stage.pipe.github.state.liveTokens].filter((token) => token.includes("-10-"))).toEqual([]);
  const told = stage.pipe.github.state.comments.find(({ issueNumber }) => issueNumber === stage.issue);
  expect(told?.body).toContain("The person who asked for this may no longer write to the repository");
});
