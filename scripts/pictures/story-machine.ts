// A machine of the pictures: claims its attempt, plays the story that its prompt names, and says how it ended. It
// speaks the runner's protocol and really hands over; only the agent in it is made up, or another run's, said again.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutDiscussion } from "../../local/model/without-discussion.ts";
import { readRecordings } from "../../local/streams/recording.ts";
import {
  type ClaimAnswer,
  claimAnswerSchema,
  type CompleteRequestInput,
  machineFileSchema,
  type MachinePhase,
} from "../../lib/agent-protocol.ts";
import { fileRecords, readPushedFiles } from "../../agent-image/runner/git/pushed-files.ts";
import { type HeldFile, handOver } from "./hand-over.ts";
import { Git } from "../../agent-image/runner/git/run-git.ts";
import { countsTo, LONG_STORIES } from "./long-stories.ts";
import { isStep, type Made, STORIES } from "./stories.ts";
import { readJson } from "../../lib/json.ts";

const file = process.env["PORTER_TASK_FILE"] ?? "/porter/task.json";
const machine = readJson(machineFileSchema, readFileSync(file, "utf8"));
unlinkSync(file);
const ref = { taskId: machine.taskId, attempt: machine.attempt };

const AGAIN_MS = 500;
const PATIENCE_MS = 90_000;

/**
 * Porter may be away for a while, as in a deploy: what it did not take is sent again, as the runner does. null: the
 * attempt is over.
 */
async function post(kind: string, bearer: string, body: object): Promise<unknown> {
  const deadline = Date.now() + PATIENCE_MS;
  const send = () =>
    fetch(`${machine.porterUrl}/api/callbacks/${kind}`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
      body: JSON.stringify({ ...ref, ...body }),
    });
  let answer = await send().catch(() => null);
  while ((answer === null || answer.status >= 500) && Date.now() < deadline) {
    await sleep(AGAIN_MS);
    answer = await send().catch(() => null);
  }
  if (answer === null) throw new Error(`${kind}: Porter is not there`);
  if (answer.status === 410) return null;
  if (!answer.ok) throw new Error(`${kind} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const claim: ClaimAnswer = claimAnswerSchema.parse(
  await post("claim", machine.claimToken, {
    protocol: machine.protocol,
    nonce: randomBytes(48).toString("base64url"),
    machineId: process.env["FLY_MACHINE_ID"],
  }),
);
const name = /\[story: ([\w-]+)\]/.exec(withoutDiscussion(claim.prompt))?.[1] ?? "small";
const story = STORIES[name] ?? LONG_STORIES[name]?.() ?? { replays: name };

/** One batch of progress takes so many (lib/agent-protocol.ts). */
const MOST_RECORDS = 1000;
let seq = 0;
let number = 0;
let elapsed = 0;
let steps = 0;
async function progress(phase: MachinePhase, beats: Made["beats"], lastStep: string | null = null): Promise<void> {
  const records = beats.map((beat) => {
    const { record, ms } = beat;
    elapsed += ms;
    if (isStep(beat)) steps += 1;
    return { n: (number += 1), t: elapsed, ...record };
  });
  const spent = { inputTokens: steps * 5200, outputTokens: steps * 410, costUsd: steps * 0.021, requests: steps };
  const said = { seq: (seq += 1), phase, steps, lastStep, spent, records };
  // What is made up has nothing to save.
  if ((await post("progress", claim.callbackToken, said)) === null) process.exit(0);
}
const lastOf = (beats: Made["beats"]) =>
  beats.findLast(({ record }) => record.k === "c")?.record.s.split("\n")[0] ?? null;

/** Each beat after its time; those without one go together. */
async function playPaced(beats: Made["beats"]): Promise<void> {
  let gathered: Made["beats"] = [];
  let lastStep: string | null = null;
  const send = async () => {
    const sent = gathered;
    gathered = [];
    lastStep = lastOf(sent) ?? lastStep;
    if (sent.length > 0) await progress("working", sent, lastStep);
  };
  for (const beat of beats) {
    if (beat.ms > 0 || gathered.length === MOST_RECORDS) await send();
    if (beat.ms > 0) await sleep(beat.ms);
    while ((beat.isLetAt ?? 0) > countsTo(process.env["STORY_STATE"] ?? "", machine.taskId)) await sleep(100);
    gathered.push(beat);
  }
  await send();
}
const note = (phase: MachinePhase, s: string) => [{ record: { k: "p", phase, s } as const, ms: 900 }];

/** Clones, writes, commits, hands over, and tells what; answers the figures. */
async function leave(files: Record<string, string>, held: readonly HeldFile[] = []) {
  const folder = join(process.cwd(), "work", "repo");
  const url = new URL(claim.repository.cloneUrl);
  url.username = "x-access-token";
  url.password = claim.git.token;
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  mkdirSync(folder, { recursive: true });
  git("clone", "-q", url.href, ".");
  const base = git("branch", "--show-current");
  const baseSha = git("rev-parse", "HEAD");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git("add", "-A");
  git(
    "-c",
    `user.name=${claim.git.userName}`,
    "-c",
    `user.email=${claim.git.userEmail}`,
    "commit",
    "-q",
    "-m",
    "Work of a story",
  );
  const reference = { porterUrl: machine.porterUrl, token: claim.callbackToken, reference: ref };
  const isHandedOver = await handOver({ git, folder, baseSha, held }, reference);
  if (!isHandedOver) throw new Error("the work went nowhere");
  const stat = git("diff", "--numstat", baseSha)
    .split("\n")
    .map((line) => line.split("\t").map(Number));
  const range = { base: baseSha, tip: "HEAD" };
  const pushed = await readPushedFiles(new Git({ home: folder, user: null }), range, Date.now() + PATIENCE_MS);
  const sum = (column: number) => stat.reduce((total, row) => total + (row[column] ?? 0), 0);
  const figures = {
    branch: null,
    changeSet: 1,
    base,
    baseSha,
    headSha: git("rev-parse", "HEAD"),
    commits: 1,
    filesChanged: stat.length,
    additions: sum(0),
    deletions: sum(1),
  };
  return { figures, records: fileRecords(pushed) };
}

/** Nothing of it is so. */
const FORGED = {
  status: "success",
  outcome: "changed",
  title: "Fix the greeting",
  commits: 71,
  filesChanged: 72,
  additions: 73,
  deletions: 74,
  headSha: "f".repeat(40),
  draftReasons: [],
  notices: [],
} satisfies Partial<CompleteRequestInput>;

/** What git says of a push with the machine's token. */
function tryToPush(branch: string): string {
  const cwd = join(process.cwd(), "work", "repo");
  const { status, stderr } = spawnSync("git", ["push", "origin", `HEAD:refs/heads/${branch}`], {
    cwd,
    encoding: "utf8",
  });
  return status === 0 ? "pushed" : /\b403\b/.test(stderr) ? "403" : "refused";
}

async function completion({ end }: Made): Promise<CompleteRequestInput | null> {
  const spent = { inputTokens: steps * 5200, outputTokens: steps * 410, costUsd: steps * 0.021, requests: steps };
  const common = { ...ref, spent };
  switch (end.is) {
    case "changed": {
      const { figures, records } = await leave(end.files);
      await progress(
        "pushing",
        records.map((record) => ({ record, ms: 0 })),
      );
      return {
        ...common,
        status: "complete",
        outcome: "changed",
        title: end.title,
        summary: end.summary,
        ...figures,
      };
    }
    case "handed": {
      const { figures } = await leave(end.files, end.held);
      return {
        ...common,
        status: "failed",
        outcome: "failed",
        failureCode: end.code,
        summary: end.summary,
        ...figures,
      };
    }
    case "forged": {
      const { figures } = await leave(end.files);
      const tried = ["main", claim.repository.branch].map((branch) => `${branch}: ${tryToPush(branch)}`);
      return {
        ...common,
        ...figures,
        ...FORGED,
        summary: tried.join("; "),
        branch: claim.repository.branch,
        checks: [{ command: "npm test", exitCode: 0 }],
      };
    }
    case "no_changes":
      return { ...common, status: "complete", outcome: "no_changes", failureCode: "no_changes", summary: end.summary };
    case "failed":
      return {
        ...common,
        status: "failed",
        outcome: "failed",
        failureCode: end.code,
        message: end.message,
        logTail: end.message,
      };
    case "open":
      return null;
  }
}

/** The longest that a picture waits for a beat of a real run, which may have waited for minutes. */
const LONGEST_BEAT_MS = 1500;

/** Says again what a real run said, to its end; one that Porter stopped waits until it is stopped here, too. */
async function replay(ending: string): Promise<void> {
  // A runner that is told to end saves the work first, and is given the time for it.
  process.on("SIGTERM", () => {});
  const isReal = process.env["STORY_PACE"] === "real";
  let before = 0;
  const recording = readRecordings().find((one) => one.name === ending);
  if (recording === undefined) throw new Error(`no run is recorded as ${ending}`);
  for (const { path, t, status, body } of recording.messages) {
    if (isReal) await sleep(Math.min(LONGEST_BEAT_MS, t - before));
    before = t;
    if (path === "complete") {
      const hasWork = body["outcome"] === "changed" || body["outcome"] === "partial";
      const figures = hasWork ? (await leave({ "better.md": "Better.\n" })).figures : {};
      await post("complete", claim.callbackToken, { ...body, ...ref, ...figures });
      return;
    }
    const say = () => post(path, claim.callbackToken, { ...body, ...ref });
    while ((await say()) !== null && status === 410) await sleep(500);
  }
}

async function play(made: Made): Promise<void> {
  await progress("cloning", note("cloning", `Cloning ${claim.repository.fullName}`));
  if (made.isPaced) {
    await playPaced(made.beats);
  } else if (name !== "cloning" && process.env["STORY_PACE"] === "real") {
    await sleep(700);
    await progress("working", note("working", `${claim.agent.id} works on it`));
    await playPaced(made.beats);
  } else if (name !== "cloning") {
    await sleep(700);
    await progress("working", note("working", `${claim.agent.id} works on it`));
    const half = Math.ceil(made.beats.length / 2);
    await progress("working", made.beats.slice(0, half), lastOf(made.beats.slice(0, half)));
    await sleep(900);
    await progress("working", made.beats.slice(half), lastOf(made.beats));
  }
  while (made.end.is === "open") {
    await sleep(claim.limits.heartbeatMs);
    if ((await post("heartbeat", claim.callbackToken, {})) === null) return;
  }
  if (made.end.is === "changed") await progress("pushing", note("pushing", "Pushing the branch"));
  await post("complete", claim.callbackToken, (await completion(made)) ?? {});
}

await ("replays" in story ? replay(story.replays) : play(story));
