import { Activity } from "./activity.ts";
import { type AgentOutcome, runAgent } from "./agent-run.ts";
import type { AgentUser } from "./agent-user.ts";
import type { Agent } from "./agents/agent.ts";
import { type Assignment, GRACE_MS } from "./assignment.ts";
import type { BaseTree } from "./collect/base-tree.ts";
import { readBase } from "./collect/read-base.ts";
import { completionOf, type Delivered, type Problem, problemFrom, problemOf } from "./completion.ts";
import { cutLine, prepareChanges } from "./git/changes.ts";
import { pushBranch } from "./git/push.ts";
import { fileRecords, readPushedFiles } from "./git/pushed-files.ts";
import { cloneBare, readRemote, type RemoteState } from "./git/remote.ts";
import { Git } from "./git/run-git.ts";
import { checkoutNotes, prepareWorkTree } from "./git/work-tree.ts";
import { GitToken } from "./git-token.ts";
import { startHeartbeat } from "./heartbeat.ts";
import type { Delivery, Porter } from "./porter.ts";
import { ProgressReporter } from "./progress-reporter.ts";
import { RecordStream } from "./record-stream.ts";
import { asRunFailure } from "./run-failure.ts";
import type { RunSecrets } from "./run-secrets.ts";
import { failureCodeFrom, type StopSignal } from "./stop-signal.ts";
import { createWorkspace, removeWorkspace, type Workspace } from "./workspace.ts";

export type AttemptInput = {
  assignment: Assignment;
  porter: Porter;
  agent: Agent;
  user: AgentUser;
  agentBin: string;
  workRoot: string;
  secrets: RunSecrets;
  stop: StopSignal;
};

/** A machine that is told to shut down has 30 s (execution.md D, `stop_config`). */
const SHUTDOWN_MS = 25_000;
/** What is kept back of the grace for the last calls to Porter. */
const LAST_WORDS_MS = 20_000;
const TITLE_CHARS = 70;

/**
 * The life of one attempt: clone, agent, collect, push, report. Whatever happens ends in one completion that is
 * sent until Porter has it; `refused` also when the attempt turned out to belong to another machine.
 */
export async function runAttempt(input: AttemptInput): Promise<Delivery> {
  return new Attempt(input).run();
}

class Attempt {
  readonly #input: AttemptInput;
  readonly #token: GitToken;
  readonly #activity = new Activity();
  readonly #records: RecordStream;
  readonly #reporter: ProgressReporter;
  #delivered: Delivered = { base: null, baseSha: null, changes: null, branch: null };
  #outcome: AgentOutcome | null = null;

  constructor(input: AttemptInput) {
    const redact = (text: string): string => input.secrets.redactor.redact(text);
    this.#input = input;
    this.#token = new GitToken(input.assignment);
    this.#records = new RecordStream({ redact });
    this.#reporter = new ProgressReporter({ ...input, records: this.#records, activity: this.#activity, redact });
  }

  async run(): Promise<Delivery> {
    const { porter, assignment, stop, user } = this.#input;
    const heartbeat = startHeartbeat({ porter, everyMs: assignment.limits.heartbeatMs, stop });
    this.#reporter.enter("cloning", `Cloning ${assignment.repository.fullName}`);
    this.#reporter.start();
    let workspace: Workspace | null = null;
    let problem: Problem | null;
    try {
      workspace = await createWorkspace(this.#input.workRoot, user);
      problem = await this.#work(workspace);
    } catch (error) {
      problem = (await this.#stopProblem()) ?? problemFrom(asRunFailure(error));
    }
    try {
      return await this.#report(problem);
    } finally {
      heartbeat.end();
      if (workspace) await removeWorkspace(workspace, user);
    }
  }

  /** Everything up to the push; answers why it is not a success. Throws what a `RunFailure` can be made of. */
  async #work(workspace: Workspace): Promise<Problem | null> {
    const { assignment, stop } = this.#input;
    const git = new Git({ home: workspace.privateDir, user: null });
    const { state, base } = await this.#clone(git, workspace);
    stop.signal.throwIfAborted();
    this.#reporter.enter("working", `Starting ${assignment.agent.id}`);
    this.#outcome = await runAgent({ ...this.#input, workspace, activity: this.#activity, records: this.#records });
    const problem = (await this.#stopProblem()) ?? this.#agentProblem();
    if (stop.cause?.kind === "lost") return problem;
    this.#reporter.note(problem ? "Saving what there is" : "Collecting the changes");
    try {
      return await this.#deliver({ git, workspace, state, base, problem });
    } catch (error) {
      const failure = problemFrom(asRunFailure(error));
      // Saving the work of a failed run may fail as well; what ended the run stays the reason for its end.
      return problem && failure.failureCode !== "secret_in_changes" ? problem : failure;
    }
  }

  async #clone(git: Git, workspace: Workspace): Promise<{ state: RemoteState; base: BaseTree }> {
    const { assignment, user, stop } = this.#input;
    const { cloneUrl, baseBranch, branch, wipBranch } = assignment.repository;
    const remote = { url: cloneUrl, token: this.#token.value };
    const limits = { deadline: Date.parse(assignment.limits.deadlineAt), signal: stop.signal };
    const state = await readRemote(git, { remote, baseBranch, branches: [branch, wipBranch] }, limits);
    const baseSha = await cloneBare(git, { remote, base: state.base, directory: workspace.trusted }, limits);
    this.#delivered = { ...this.#delivered, base: state.base, baseSha };
    const trusted = git.with({ GIT_DIR: workspace.trusted });
    for (const note of await checkoutNotes(trusted, baseSha)) this.#reporter.note(note);
    const { hiddenPaths } = this.#input.agent;
    await prepareWorkTree(git, { workspace, base: state.base, branch, identity: assignment.git, user, hiddenPaths });
    const finishBy = this.#finishBy();
    const base = await readBase({ workspace, user, trusted, baseSha, hiddenPaths, finishBy });
    return { state: { ...state, baseSha }, base };
  }

  /** Collects, checks and pushes: to the branch when all went well, else to the wip branch. Answers the problem. */
  async #deliver(input: {
    git: Git;
    workspace: Workspace;
    state: RemoteState;
    base: BaseTree;
    problem: Problem | null;
  }): Promise<Problem | null> {
    const { assignment, user, secrets, porter } = this.#input;
    const { baseSha, heads } = input.state;
    const git = input.git.with({ GIT_DIR: input.workspace.trusted });
    const finishBy = this.#finishBy();
    const renewed = this.#token.renewIfLate(porter, secrets);
    const changes = await prepareChanges(git, {
      workspace: input.workspace,
      user,
      identity: assignment.git,
      base: input.base,
      trailers: assignment.git.trailers,
      fallbackTitle:
        cutLine(secrets.redactor.redact(this.#activity.final ?? ""), TITLE_CHARS) ?? assignment.issue.title,
      tests: secrets.redactor,
      finishBy,
    });
    await renewed;
    const problem = input.problem ?? (await this.#stopProblem());
    if (changes === null) return problem;
    this.#delivered = { ...this.#delivered, changes };
    if (changes.tip === null || this.#input.stop.cause?.kind === "lost") return problem;
    const branch = problem ? assignment.repository.wipBranch : assignment.repository.branch;
    const remote = { url: assignment.repository.cloneUrl, token: this.#token.value };
    const pushing = `Pushing ${changes.commits} commit(s) to ${branch}`;
    // A run that is over but for its work stays in the phase in which it ended.
    if (problem) this.#reporter.note(pushing);
    else this.#reporter.enter("pushing", pushing);
    const [files] = await Promise.all([
      readPushedFiles(git, { base: baseSha, tip: changes.tip }, finishBy),
      pushBranch(git, { remote, sha: changes.tip, branch, expected: heads.get(branch) ?? null, finishBy }),
    ]);
    this.#delivered = { ...this.#delivered, branch };
    for (const record of fileRecords(files)) this.#records.add(record);
    return problem;
  }

  async #report(problem: Problem | null): Promise<Delivery> {
    const { porter, stop, assignment, secrets } = this.#input;
    const until = Date.parse(assignment.limits.deadlineAt) + GRACE_MS;
    const lost = stop.cause?.kind === "lost";
    if (problem) this.#reporter.note(problem.message);
    else if (this.#delivered.branch === null) this.#reporter.finishPhase("There is nothing to push");
    else this.#reporter.enter("reporting", "Done");
    const flushUntil = Math.min(until - LAST_WORDS_MS / 2, Date.now() + LAST_WORDS_MS);
    await Promise.all([this.#token.revoke(), this.#reporter.finish(lost ? 0 : flushUntil)]);
    if (lost) return "refused";
    const completion = completionOf({
      problem,
      failedPhase: problem && this.#reporter.phase,
      phases: this.#reporter.phases,
      delivered: this.#delivered,
      outcome: this.#outcome,
      activity: this.#activity,
      records: this.#records,
      redact: (text) => secrets.redactor.redact(text),
    });
    return porter.complete(completion, until);
  }

  #agentProblem(): Problem | null {
    const failure = this.#outcome?.failure;
    return failure ? problemOf(failure.failureCode, failure.message) : null;
  }

  /** Why the run was stopped from outside, or null. A machine that must go asks whether Porter wanted that. */
  async #stopProblem(): Promise<Problem | null> {
    const { stop, porter } = this.#input;
    if (stop.cause?.kind === "terminated") {
      if (!porter.listens) return problemOf("stopped_by_user");
      const reply = await porter.heartbeat();
      if (reply.kind === "ended") return problemOf(failureCodeFrom(reply.reason));
      return problemOf("machine_lost", "The machine was told to shut down.");
    }
    if (stop.cause?.kind === "ended") return problemOf(stop.cause.reason);
    return stop.cause?.kind === "lost" ? problemOf("machine_lost") : null;
  }

  #finishBy(): number {
    const { stop, assignment } = this.#input;
    const byGrace = Date.parse(assignment.limits.deadlineAt) + GRACE_MS - LAST_WORDS_MS;
    if (stop.cause?.kind !== "terminated" || stop.at === null) return byGrace;
    return Math.min(byGrace, stop.at + SHUTDOWN_MS);
  }
}
