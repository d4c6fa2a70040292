import { createHash } from "node:crypto";
import type { SetPart } from "../../lib/change-set.ts";
import {
  type ChangesRequest,
  changesRequestSchema,
  PART_KINDS,
  type PartKind,
  partQuerySchema,
} from "../../lib/change-set-upload.ts";
import { isWorkflowPath } from "../../lib/review/workflow-paths.ts";

type Answer = { status: number; body: unknown };
type Files = Record<PartKind, Buffer[]>;
export type ShelvedSet = { request: ChangesRequest; content: Buffer; bundle: Buffer; patch: Buffer };

/** What Porter keeps of change sets, strict about order, sizes and hashes. */
export class SetShelf {
  /** False: a Porter that knows no change sets. */
  isOffered = true;
  /** What Porter does not write of a set: files that GitHub runs, unless a repository allows them. */
  leaveOut: (request: ChangesRequest) => string[] = ({ manifest }) =>
    (manifest?.commits ?? []).flatMap(({ paths }) => paths.map(({ path }) => path)).filter(isWorkflowPath);
  readonly wholes = new Map<number, ShelvedSet & { body: string; leaveOut: string[] }>();
  readonly #sets = new Map<number, Files>();

  part(search: URLSearchParams, body: Buffer): Answer {
    if (!this.isOffered) return { status: 404, body: {} };
    const query = partQuerySchema.parse(Object.fromEntries(search));
    if (createHash("sha256").update(body).digest("hex") !== query.sha256) return { status: 400, body: {} };
    const parts = this.#files(query.set)[query.kind];
    const there = parts[query.number - 1];
    if (there !== undefined) return there.equals(body) ? { status: 200, body: {} } : this.#gap(parts);
    if (query.number !== parts.length + 1) return this.#gap(parts);
    parts.push(body);
    return { status: 200, body: {} };
  }

  changes(body: string, parsed: unknown): Answer {
    if (!this.isOffered) return { status: 404, body: {} };
    const request = changesRequestSchema.parse(parsed);
    const known = this.wholes.get(request.set);
    if (known !== undefined) {
      return known.body === body ? { status: 200, body: { leaveOut: known.leaveOut } } : { status: 409, body: {} };
    }
    const files = this.#files(request.set);
    const named: Record<PartKind, SetPart[]> = { ...request, content: request.manifest?.parts ?? [] };
    const isThere = PART_KINDS.every((kind) => named[kind].every((part, at) => isSame(part, files[kind][at])));
    if (!isThere) return { status: 400, body: { error: { code: "bad_request", message: "A part is not there." } } };
    const leaveOut = this.leaveOut(request);
    const join = (kind: PartKind): Buffer => Buffer.concat(files[kind].slice(0, named[kind].length));
    this.wholes.set(request.set, {
      body,
      leaveOut,
      request,
      content: join("content"),
      bundle: join("bundle"),
      patch: join("patch"),
    });
    return { status: 200, body: { leaveOut } };
  }

  /** Loses what it has of a file from this part on. */
  lose(set: number, kind: PartKind, number: number): void {
    this.#files(set)[kind].splice(number - 1);
  }

  /** What it has of a set. */
  counts(set: number): Record<PartKind, number> {
    const { content, bundle, patch } = this.#files(set);
    return { content: content.length, bundle: bundle.length, patch: patch.length };
  }

  #gap(parts: readonly Buffer[]): Answer {
    return { status: 409, body: { expected: parts.length + 1 } };
  }

  #files(set: number): Files {
    const files = this.#sets.get(set) ?? { content: [], bundle: [], patch: [] };
    this.#sets.set(set, files);
    return files;
  }
}

const isSame = (part: SetPart, there: Buffer | undefined): boolean =>
  there?.length === part.size && createHash("sha256").update(there).digest("hex") === part.sha256;
