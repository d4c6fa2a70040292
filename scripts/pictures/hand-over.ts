// The work of a story on its way to Porter, as a runner hands over its own: what one commit changed, in one part.
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CHANGE_SET_VERSION } from "../../lib/change-set.ts";
import type { ChangesRequest, PartKind } from "../../lib/change-set-upload.ts";
import type { HeldBack } from "../../lib/held-back.ts";

type Git = (...words: string[]) => string;
/** A file that stays out, and why. */
export type HeldFile = { path: string; content: string; reason: HeldBack["reason"] };
export type PicturedWork = { git: Git; folder: string; baseSha: string; held: readonly HeldFile[] };
type Reference = { taskId: string; attempt: number };
type Call = { porterUrl: string; token: string; reference: Reference };

/** False: this Porter takes no sets. */
export async function handOver(work: PicturedWork, call: Call): Promise<boolean> {
  const { git, baseSha, folder, held } = work;
  const blobs = new Map<string, Buffer>();
  const paths = git("diff-tree", "-r", "-z", "--no-renames", baseSha, "HEAD")
    .split("\0")
    .flatMap((fields, at, all) => (fields.startsWith(":") ? [{ fields, path: all[at + 1] ?? "" }] : []))
    .map(({ fields, path }) => {
      const [, mode = "", , sha = ""] = fields.split(" ");
      if (/^0+$/.test(sha)) return { path, entry: null };
      blobs.set(sha, readFileSync(join(folder, path)));
      return { path, entry: { mode, sha } };
    });
  const heldEntries = held.map(({ path, content }) => {
    const bytes = Buffer.from(content);
    const sha = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
    blobs.set(sha, bytes);
    return { path, entry: { mode: "100644", sha } };
  });
  const content = await send("content", Buffer.concat([...blobs.values()]), call);
  if (content === null) return false;
  const patch = git("diff", "--binary", "--full-index", "--no-renames", baseSha, "HEAD");
  const bundle = join(folder, ".git", "story.bundle");
  git("branch", "-q", "work");
  git("bundle", "create", "-q", bundle, "refs/heads/work", `^${baseSha}`);
  const bundled = readFileSync(bundle);
  rmSync(bundle);
  let at = 0;
  const manifest = {
    version: CHANGE_SET_VERSION,
    base: baseSha,
    baseTree: git("rev-parse", `${baseSha}^{tree}`),
    tree: git("rev-parse", "HEAD^{tree}"),
    commits: [
      {
        sha: git("rev-parse", "HEAD"),
        tree: git("rev-parse", "HEAD^{tree}"),
        parents: [baseSha],
        message: git("log", "-1", "--format=%B"),
        author: git("log", "-1", "--format=%an <%ae>"),
        paths,
      },
    ],
    parts: content,
    blobs: [...blobs].map(([sha, { length: size }]) => ({ sha, size, part: 1, at: (at += size) - size })),
    heldBack: held.map(({ path, reason }) => ({ path, reason })),
    heldEntries,
    notes: [],
    otherLines: [],
  };
  const whole: Omit<ChangesRequest, "manifest" | "taskId" | "attempt"> & { manifest: unknown } = {
    set: 1,
    manifest,
    tooLarge: null,
    patch: (await send("patch", Buffer.from(`${patch}\n`), call)) ?? [],
    bundle: (await send("bundle", bundled, call)) ?? [],
  };
  const answer = await fetch(`${call.porterUrl}/api/callbacks/changes`, {
    method: "POST",
    headers: { authorization: `Bearer ${call.token}`, "content-type": "application/json" },
    body: JSON.stringify({ ...call.reference, ...whole }),
  });
  if (!answer.ok) throw new Error(`changes answered ${answer.status}: ${await answer.text()}`);
  return true;
}

/** One part; null: there is no such callback. */
async function send(kind: PartKind, body: Buffer, { porterUrl, token, reference }: Call) {
  if (body.length === 0) return [];
  const sha256 = createHash("sha256").update(body).digest("hex");
  const { taskId, attempt } = reference;
  const query = new URLSearchParams({ task: taskId, attempt: String(attempt), set: "1", kind, number: "1", sha256 });
  const answer = await fetch(`${porterUrl}/api/callbacks/part?${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" },
    body: new Uint8Array(body),
  });
  if (answer.status === 404 || answer.status === 405) return null;
  if (!answer.ok) throw new Error(`part answered ${answer.status}: ${await answer.text()}`);
  return [{ number: 1, size: body.length, sha256 }];
}
