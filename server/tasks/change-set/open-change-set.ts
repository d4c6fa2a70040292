import { type BlobLocation, type Manifest, manifestSchema, type SetPart } from "@/lib/change-set";
import { readJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow } from "@/server/db/change-set-store";
import type { FileBox } from "@/server/secrets/file-box";
import { boxOf, partsOf, readManifest, readPart, sha1Of } from "./set-files";

type Context = Pick<AppContext, "sealer" | "changeFiles">;

/**
 * R2 has lost a file of the set (`file`), or no part has the content that a blob is named by (`blob`). Whoever meets it
 * writes nothing.
 */
export class BrokenSet extends Error {
  override readonly name = "BrokenSet";
  readonly lacks: "file" | "blob";
  constructor(lacks: "file" | "blob", what: string) {
    super(what);
    this.lacks = lacks;
  }
}

export type OpenChangeSet = {
  manifest: Manifest;
  /** The content of a blob of the manifest. At most one part and this file are in memory. @throws BrokenSet */
  contentOf(sha: string): Promise<Uint8Array<ArrayBuffer>>;
};

/**
 * A whole set for reading; null: it has no files to write (`row.content`), or they are deleted. What it gives has the
 * hash of its part and the id of its blob. @throws BrokenSet, SealError
 */
export async function openChangeSet(context: Context, row: ChangeSetRow): Promise<OpenChangeSet | null> {
  if (row.wholeAt === null || row.content !== "files") return null;
  const box = await boxOf(context, row);
  if (box === null) return null;
  const text = await readManifest(context, { row, box });
  if (text === null) throw new BrokenSet("file", "the manifest is gone");
  const manifest = readJson(manifestSchema, text);
  return { manifest, contentOf: blobReader(manifest, partReader(context, { row, box })) };
}

/** `part`: content of a part by its number. */
function partReader(context: Context, { row, box }: { row: ChangeSetRow; box: FileBox }) {
  const parts = partsOf(row, "content");
  let last: { number: number; content: Uint8Array<ArrayBuffer> } | null = null;
  return async (number: number): Promise<Uint8Array<ArrayBuffer>> => {
    if (last?.number === number) return last.content;
    // Out of memory before the next one comes.
    last = null;
    const part: SetPart | undefined = parts[number - 1];
    if (part === undefined) throw new BrokenSet("blob", `there is no part ${number}`);
    const content = await readPart(context, { row, box }, { kind: "content", part });
    if (content === null) throw new BrokenSet("file", `part ${number} is gone`);
    last = { number, content };
    return content;
  };
}

const utf8 = new TextEncoder();

function blobReader(manifest: Manifest, part: (number: number) => Promise<Uint8Array<ArrayBuffer>>) {
  const locations = new Map<string, BlobLocation>(manifest.blobs.map((location) => [location.sha, location]));
  return async (sha: string): Promise<Uint8Array<ArrayBuffer>> => {
    const location = locations.get(sha);
    if (location === undefined) throw new BrokenSet("blob", `the blob ${sha} was not handed over`);
    // git's header stands before the content, so that its id is taken without a copy of the file.
    const header = utf8.encode(`blob ${location.size}\0`);
    const object = new Uint8Array(header.length + location.size);
    object.set(header);
    let at = location.at;
    for (let filled = header.length, number = location.part; filled < object.length; number += 1) {
      const content = await part(number);
      const piece = content.subarray(at, at + object.length - filled);
      // A part that ends before the blob begins would be asked for ever.
      if (piece.length === 0) throw new BrokenSet("blob", `the blob ${sha} lies nowhere`);
      object.set(piece, filled);
      filled += piece.length;
      at = 0;
    }
    if ((await sha1Of(object)) !== sha) throw new BrokenSet("blob", `the blob ${sha} has another content`);
    return object.subarray(header.length);
  };
}

/**
 * The bundle or the patch of a set, as git made it, part by part; null: there is none, or it is deleted.
 * @throws SealError; the stream fails where a part is gone
 */
export async function openSetFile(
  context: Context,
  row: ChangeSetRow,
  kind: "bundle" | "patch",
): Promise<{ bytes: number; stream: ReadableStream<Uint8Array> } | null> {
  const parts = partsOf(row, kind);
  const box = row.wholeAt === null || parts.length === 0 ? null : await boxOf(context, row);
  if (box === null) return null;
  const waiting = parts.values();
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { value: part, done } = waiting.next();
      if (done === true) return controller.close();
      const content = await readPart(context, { row, box }, { kind, part });
      if (content === null) throw new BrokenSet("file", `part ${part.number} of the ${kind} is gone`);
      controller.enqueue(content);
    },
  };
  // A part comes when it is asked for, none ahead.
  const stream = new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
  return { bytes: parts.reduce((sum, { size }) => sum + size, 0), stream };
}
