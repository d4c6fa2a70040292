import { createHash } from "node:crypto";
import { env } from "cloudflare:workers";
import { CHANGE_SET_LIMITS, type Manifest, type SetPart } from "@/lib/change-set";
import type { PartKind } from "@/lib/change-set-upload";
import { type CallbackKind, receiveCallback } from "@/server/callbacks/handle";
import type { AppContext } from "@/server/context";
import { openDatabase } from "@/server/db/database";
import { taskAttempts, tasks } from "@/server/db/schema";
import { CALLBACK_CHECK, callbackTokenOf } from "@/server/tasks/attempt/attempt-plan";
import { createFakeGitHub } from "./fake-github";
import { createClock } from "./clock";
import { anAttempt, aTask } from "./rows";
import type { SmallSet } from "./small-set";
import { testContext } from "./test-context";

export const sha256 = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** A file cut into parts of at most `most` bytes. */
export function cutFile(file: Uint8Array, most: number = CHANGE_SET_LIMITS.partBytes) {
  const contents: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < file.length; at += most) contents.push(new Uint8Array(file.slice(at, at + most)));
  const parts: SetPart[] = contents.map((content, at) => ({
    number: at + 1,
    size: content.length,
    sha256: sha256(content),
  }));
  return { contents, parts };
}

export type PackedSet = { manifest: Manifest; contents: Uint8Array<ArrayBuffer>[] };

/** A set as a machine packs it: its files one behind the other, in parts of `most` bytes. */
export function packedSet({ manifest, contents }: SmallSet, most?: number): PackedSet {
  const files = new Uint8Array([...contents.values()].reduce((sum, { length }) => sum + length, 0));
  const size = most ?? CHANGE_SET_LIMITS.partBytes;
  let at = 0;
  const blobs = [...contents].map(([sha, content]) => {
    files.set(content, at);
    const place = { sha, size: content.length, part: Math.floor(at / size) + 1, at: at % size };
    at += content.length;
    return place;
  });
  const { parts, contents: pieces } = cutFile(files, size);
  return { manifest: { ...manifest, blobs, parts }, contents: pieces };
}

type Caller = { context: AppContext; taskId: string; attempt: number; token: string };

/** What a machine says at the two doors for change sets, over the real handler. */
export function handingOver({ context, taskId, attempt, token }: Caller) {
  const send = (kind: CallbackKind, url: string, body: BodyInit, headers: Record<string, string> = {}) =>
    receiveCallback(
      kind,
      new Request(`https://porter.test/api/callbacks/${url}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, ...headers },
        body,
      }),
      context,
    );
  const part = (
    { set = 1, kind = "content", number }: { set?: number; kind?: PartKind; number: number },
    content: Uint8Array<ArrayBuffer>,
    more: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) => {
    const query = { task: taskId, attempt, set, kind, number, sha256: sha256(content), ...more };
    const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    return send("part", `part?${text}`, content, headers);
  };
  const changes = (body: Record<string, unknown>) =>
    send(
      "changes",
      "changes",
      JSON.stringify({ taskId, attempt, set: 1, manifest: null, tooLarge: null, bundle: [], patch: [], ...body }),
    );
  return {
    send,
    part,
    changes,
    /** All of it; answers what the last call was answered. */
    async whole({ manifest, contents }: PackedSet, set = 1) {
      for (const [index, content] of contents.entries()) {
        const answer = await part({ set, number: index + 1 }, content);
        if (answer.status !== 200) return answer;
      }
      return changes({ set, manifest });
    },
  };
}

/** A key of the run, made up for tests. */
export const RUN_KEY = "fake-anthropic-key-canary";

/** A running attempt that a machine has claimed, by its rows alone, with the doors that it hands its work over by. */
export async function aClaimedAttempt(hooks: Parameters<typeof createFakeGitHub>[0] = {}) {
  const { github, state, calls } = createFakeGitHub(hooks);
  const clock = createClock();
  const context = testContext({ github, clock });
  const task = aTask({ status: "running", phase: "working", attempt: 1 });
  const token = callbackTokenOf("fake-callback-token".padEnd(43, "x"), { taskId: task.id, attempt: 1 });
  const handed = { token: "fake-git-token-canary", earlierTokens: [], keys: { ANTHROPIC_API_KEY: RUN_KEY } };
  const place = { table: "task_attempts", row: `${task.id}/1`, user: String(task.userId), field: "git_token" };
  const sealed = await context.sealer.seal(JSON.stringify(handed), place);
  const attempt = anAttempt(task.id, 1, {
    callbackHmac: await context.sealer.hmac(CALLBACK_CHECK, token, 1),
    gitTokenValue: sealed.encryptedValue,
    gitTokenIv: sealed.iv,
    gitTokenTag: sealed.tag,
    gitTokenKeyVersion: sealed.keyVersion,
    gitTokenExpiresAt: "2099-01-01T00:00:00.000Z",
  });
  const db = openDatabase(env.DB);
  await db.batch([db.insert(tasks).values(task), db.insert(taskAttempts).values(attempt)]);
  const ref = { taskId: task.id, attempt: 1 };
  return {
    context,
    clock,
    github: { state, calls },
    ...ref,
    token,
    door: handingOver({ context, ...ref, token }),
    /** The same machine, before another process of Porter's. */
    through: (other: AppContext) => handingOver({ context: other, ...ref, token }),
    /** GitHub has the base of the set. */
    has({ base, before }: SmallSet): void {
      for (const [path, entry] of base) {
        state.files.set(path, entry);
        state.contents.set(entry.sha, before.get(path) ?? new Uint8Array());
      }
    },
  };
}
export type ClaimedAttempt = Awaited<ReturnType<typeof aClaimedAttempt>>;
