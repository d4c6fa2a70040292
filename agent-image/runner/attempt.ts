import { AGENTS } from "../../lib/agents.ts";
import type { SetUpReport } from "../../lib/set-up/protocol.ts";
import type { Toolchain } from "../../lib/toolchain.ts";
import { Activity } from "./activity.ts";
import { type AgentOutcome, runAgent } from "./agent-run.ts";
import type { AgentUser } from "./agent-user.ts";
import type { Agent } from "./agents/agent.ts";
import { type Assignment, GRACE_MS } from "./assignment.ts";
import type { BaseTree } from "./collect/base-tree.ts";
import { readBase } from "./collect/read-base.ts";
import { completionOf, type Delivered, hasArrived, type RunProblem, problemFrom, problemOf } from "./completion.ts";
import { changesOf, collectChanges, type Collected, cutLine } from "./git/changes.ts";
import { writeContextFiles } from "./context-files.ts";
import { pushChanges } from "./git/push-changes.ts";
import { fileRecords, readPushedFiles } from "./git/pushed-files.ts";
import { cloneBare, readRemote, type RemoteState } from "./git/remote.ts";
import { Git } from "./git/run-git.ts";
import { checkoutNotes, prepareWorkTree } from "./git/work-tree.ts";
import { revokeGitToken } from "./git-token.ts";
import { handOver } from "./hand-over/hand-over.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { boundMemory, type MemoryBound } from "./memory/memory-bound.ts";
import type { ChangeSetDoor, CompletionDelivery, Porter } from "./porter.ts";
import { ProgressReporter } from "./progress-reporter.ts";
import { RecordStream } from "./record-stream.ts";
import { asRunFailure, RunFailure } from "./run-failure.ts";
import type { RunSecrets } from "./run-secrets.ts";
import { failureCodeFrom, type StopSignal } from "./stop-signal.ts";
import { FINAL_CALLS_MS, TimeLeft } from "./time-left.ts";
import type { HostOverrides } from "./seal/dialer.ts";
import { RunNetwork } from "./seal/run-network.ts";
import type { Seal } from "./seal/seal.ts";
import { setUpMachine, type SetUpResult, writeGitSettings } from "./set-up/set-up.ts";
import { createWorkspace, freeReserve, removeWorkspace, type Workspace } from "./workspace.ts";

export type AttemptInput = {
  assignment: Assignment;
  porter: Porter;
  agent: Agent;
  user: AgentUser;
  agentBin: string;
  workRoot: string;
  /** Where the image has the agent's folders to install to; null: they are in the home of the run. */
  prefix: string | null;
  /** What the image says that it has; null: there is none. */
  toolchain: Toolchain | null;
  standIns: HostOverrides;
  memoryBytes: number | null;
  secrets: RunSecrets;
  stop: StopSignal;
};

const TITLE_CHARS = 70;

/**
 * The life of one attempt: clone, agent, collect, hand over, report. Whatever happens ends in one completion that is
 * sent until Porter has it; `refused` also when the attempt turned out to belong to another machine.
 */
export async function runAttempt(input: AttemptInput): Promise<CompletionDelivery> {
  return new Attempt(input).run();
}

type Delivering = { git: Git; workspace: Workspace; state: RemoteState; base: BaseTree; problem: RunProblem | null };

class Attempt {
  readonly #input: AttemptInput;
  readonly #activity = new Activity();
  readonly #records: RecordStream;
  readonly #reporter: ProgressReporter;
  readonly #network: RunNetwork;
  readonly #time: TimeLeft;
  #delivered: Delivered = { base: null, baseSha: null, changes: null, changeSet: null, branch: null, headSha: null };
  #outcome: AgentOutcome | null = null;
  #setUpReport: SetUpReport | null = null;
  /** Of the set-up, and of what it leaves running. */
  #memory: MemoryBound | null = null;

  constructor(input: AttemptInput) {
    const redact = (text: string): string => input.secrets.redactor.redact(text);
    this.#input = input;
    this.#time = new TimeLeft(Date.parse(input.assignment.limits.deadlineAt), input.stop);
    this.#records = new RecordStream({ redact });
    const told = { redact, network: () => this.#network.report(), setUpReport: () => this.#setUpReport };
    this.#reporter = new ProgressReporter({ ...input, ...told, records: this.#records, activity: this.#activity });
    this.#network = new RunNetwork({
      ...input,
      redact,
      phase: () => this.#reporter.phase,
      note: (text) => this.#reporter.note(text),
    });
  }

  async run(): Promise<CompletionDelivery> {
    const { porter, assignment, stop, user } = this.#input;
    const everyMs = assignment.limits.heartbeatMs;
    const heartbeat = startHeartbeat({ porter, everyMs, stop, heardAt: () => this.#reporter.heardAt });
    this.#reporter.enter("cloning", `Cloning ${assignment.repository.fullName}`);
    this.#reporter.start();
    let workspace: Workspace | null = null;
    let problem: RunProblem | null;
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
      const isQuiet = await this.#network.end();
      await this.#memory?.close();
      if (workspace) await removeWorkspace(workspace, { user, isQuiet });
    }
  }

  /** Everything up to the handing over; answers why it is not a success. Throws what a `RunFailure` can be made of. */
  async #work(workspace: Workspace): Promise<RunProblem | null> {
    const { assignment, porter, stop } = this.#input;
    const git = new Git({ home: workspace.privateDir, user: null });
    const note = (text: string): void => this.#reporter.note(text);
    const [{ state, base }, pictures] = await Promise.all([
      this.#clone(git, workspace),
      writeContextFiles({
        context: assignment.context,
        folder: workspace.context,
        picture: (number) => porter.picture(number),
        note,
      }),
    ]);
    const seal = await this.#network.closed();
    stop.signal.throwIfAborted();
    await writeGitSettings({ seal, workspace });
    const { env, notes } = await this.#prepare(workspace, seal);
    this.#reporter.enter("working", `Starting ${assignment.agent.id}`);
    const prompt = [assignment.prompt, ...notes].join("\n\n");
    const told = { ...this.#input, assignment: { ...assignment, prompt } };
    const run = { ...told, workspace, seal, env, pictures, activity: this.#activity, records: this.#records };
    try {
      this.#outcome = await runAgent(run);
    } finally {
      await freeReserve(workspace);
    }
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

  /** What the repository sets for the agent, and what the agent is to know of it. Throws `RunFailure`. */
  async #prepare(workspace: Workspace, seal: Seal): Promise<SetUpResult> {
    const { assignment, stop, user, memoryBytes } = this.#input;
    const { setup: setUp } = assignment;
    if (setUp === undefined) return { env: {}, notes: [] };
    const hasWork = setUp.run !== null || setUp.start !== null || setUp.services.length > 0;
    if (hasWork) this.#reporter.enter("preparing", "Setting the machine up");
    const note = (text: string): void => this.#reporter.note(text);
    const onKills = (count: number): void => note(`Out of memory: processes of the set-up that were ended: ${count}`);
    this.#memory = boundMemory({ user, memoryBytes, onKills });
    return setUpMachine({
      ...this.#input,
      setUp,
      workspace,
      seal,
      records: this.#records,
      deadline: Date.parse(assignment.limits.deadlineAt),
      stop: stop.signal,
      onStart: (pid) => this.#memory?.take(pid),
      onReport: (report) => (this.#setUpReport = hasWork ? report : null),
      note,
    });
  }

  async #clone(git: Git, workspace: Workspace): Promise<{ state: RemoteState; base: BaseTree }> {
    const { assignment, user, stop } = this.#input;
    const { cloneUrl, baseBranch, branch, wipBranch } = assignment.repository;
    const remote = { url: cloneUrl, token: assignment.git.token };
    const limits = { deadline: Date.parse(assignment.limits.deadlineAt), signal: stop.signal };
    const state = await readRemote(git, { remote, baseBranch, branches: [branch, wipBranch] }, limits);
    const baseSha = await cloneBare(git, { remote, base: state.base, directory: workspace.trusted }, limits);
    this.#delivered = { ...this.#delivered, base: state.base, baseSha };
    const trusted = git.with({ GIT_DIR: workspace.trusted });
    for (const note of await checkoutNotes(trusted, baseSha)) this.#reporter.note(note);
    const { hiddenPaths } = AGENTS[this.#input.agent.id];
    await prepareWorkTree(git, { workspace, base: state.base, branch, identity: assignment.git, user, hiddenPaths });
    const { finishBy } = this.#time;
    const base = await readBase({ workspace, user, trusted, baseSha, hiddenPaths, finishBy });
    return { state: { ...state, baseSha }, base };
  }

  /** Collects the work and hands it over, or pushes it where nobody takes change sets. Answers the problem. */
  async #deliver(input: Delivering): Promise<RunProblem | null> {
    const { assignment, user, secrets, stop, porter } = this.#input;
    const git = input.git.with({ GIT_DIR: input.workspace.trusted });
    const collected = await collectChanges(git, {
      workspace: input.workspace,
      user,
      identity: assignment.git,
      base: input.base,
      fallbackTitle:
        cutLine(secrets.redactor.redact(this.#activity.final ?? ""), TITLE_CHARS) ?? assignment.issue.title,
      tests: secrets.redactor,
      // Whoever takes a set says what of it may be written here.
      mayPushWorkflows: porter.changeSets !== null,
      finishBy: this.#time.finishBy,
    });
    const problem = input.problem ?? (await this.#stopProblem());
    if (collected === null) return problem;
    this.#delivered = { ...this.#delivered, changes: collected.changes };
    if (stop.cause?.kind === "lost") return problem;
    const delivering = { ...input, git, problem };
    if (porter.changeSets !== null) await this.#handOver(porter.changeSets, collected, delivering);
    if (collected.nothingLeft !== null) throw collected.nothingLeft;
    if (porter.changeSets === null && collected.work.line !== null) await this.#push(collected, delivering);
    return problem;
  }

  /** Throws `RunFailure` where the work does not arrive. */
  async #handOver(door: ChangeSetDoor, collected: Collected, { git, workspace, problem }: Delivering): Promise<void> {
    const { work, changes, nothingLeft } = collected;
    const isWorth = work.line !== null || work.others.length > 0 || work.heldEntries.length > 0;
    if (!isWorth) return;
    const handing = `Handing over ${changes.commits} commit(s)`;
    // A run that is over but for its work stays in the phase in which it ended.
    if (problem || work.line === null || nothingLeft) this.#reporter.note(handing);
    else this.#reporter.enter("pushing", handing);
    const secrets = this.#input.secrets.redactor;
    const handed = await handOver(door, collected, { git, folder: workspace.privateDir, secrets, time: this.#time });
    if (handed.kind !== "whole") {
      throw nothingLeft ?? new RunFailure("result_undelivered", "The work did not reach Porter.");
    }
    const arrived = await changesOf(git, handed.work, changes.title);
    this.#delivered = { ...this.#delivered, changes: arrived, changeSet: handed.set };
    await this.#showFiles(git, handed.tip);
  }

  async #push(collected: Collected, { git, state, problem }: Delivering): Promise<void> {
    const { assignment, secrets } = this.#input;
    const { repository } = assignment;
    const branch = problem ? repository.wipBranch : repository.branch;
    const { changes } = collected;
    const pushing = `Pushing ${changes.commits} commit(s) to ${branch}`;
    if (problem) this.#reporter.note(pushing);
    else this.#reporter.enter("pushing", pushing);
    const { tip, review } = await pushChanges(git, collected, {
      remote: { url: repository.cloneUrl, token: assignment.git.token },
      branch,
      expected: state.heads.get(branch) ?? null,
      trailers: assignment.git.trailers,
      tests: secrets.redactor,
      finishBy: this.#time.finishBy,
    });
    const draftReasons = [...changes.draftReasons, ...review.draftReasons];
    const notices = [...changes.notices, ...review.notices];
    this.#delivered = { ...this.#delivered, changes: { ...changes, draftReasons, notices }, branch, headSha: tip };
    await this.#showFiles(git, tip);
  }

  async #showFiles(git: Git, tip: string): Promise<void> {
    const { baseSha } = this.#delivered;
    if (baseSha === null) return;
    const files = await readPushedFiles(git, { base: baseSha, tip }, this.#time.finishBy);
    for (const record of fileRecords(files)) this.#records.add(record);
  }

  async #report(problem: RunProblem | null): Promise<CompletionDelivery> {
    const { porter, stop, assignment, secrets } = this.#input;
    const until = Date.parse(assignment.limits.deadlineAt) + GRACE_MS;
    const lost = stop.cause?.kind === "lost";
    if (problem) this.#reporter.note(problem.message);
    else if (!hasArrived(this.#delivered)) this.#reporter.finishPhase("There is nothing to hand over");
    else this.#reporter.enter("reporting", "Done");
    const flushUntil = Math.min(until - FINAL_CALLS_MS / 2, Date.now() + FINAL_CALLS_MS);
    await Promise.all([revokeGitToken(assignment), this.#reporter.finish(lost ? 0 : flushUntil)]);
    if (lost) return "refused";
    const completion = completionOf({
      problem,
      failedPhase: problem && this.#reporter.phase,
      phases: this.#reporter.phases,
      delivered: this.#delivered,
      outcome: this.#outcome,
      activity: this.#activity,
      records: this.#records,
      network: this.#network.report(),
      setUpReport: this.#setUpReport,
      redact: (text) => secrets.redactor.redact(text),
    });
    return porter.complete(completion, until);
  }

  #agentProblem(): RunProblem | null {
    const failure = this.#outcome?.failure;
    return failure ? problemOf(failure.failureCode, failure.message) : null;
  }

  /** Why the run was stopped from outside, or null. A machine that must go asks whether Porter wanted that. */
  async #stopProblem(): Promise<RunProblem | null> {
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
}
