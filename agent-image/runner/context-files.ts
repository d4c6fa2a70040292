import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eachAtMost } from "../../lib/concurrency.ts";
import { CONTEXT_LIMITS, DISCUSSION_FILE, pictureKind, pictureName } from "../../lib/context-files.ts";
import type { Assignment } from "./assignment.ts";

/** `picture`: asks for one by its number; null: it does not come. */
type ContextInput = {
  context: Assignment["context"];
  folder: string;
  picture: (number: number) => Promise<Uint8Array | null>;
  note: (text: string) => void;
};

const AT_A_TIME = 4;

/** Of pictures that go with the prompt: so much, in base64, every provider takes in one call. */
const SHOWN = { pictureBytes: 3.5 * 1024 * 1024, totalBytes: 12 * 1024 * 1024 } as const;

/**
 * Puts what the run is given beside its clone. The folder is the supervisor's: the agent reads it. What does not come is
 * missing, and the run goes on. Answers the pictures that may go with the prompt, in their order.
 */
export async function writeContextFiles(input: ContextInput): Promise<string[]> {
  const { context, note } = input;
  if (context === undefined) return [];
  const written: WrittenPicture[] = [];
  try {
    await mkdir(input.folder, { mode: 0o755 });
    if (context.discussion !== null) await writeOnce(input, DISCUSSION_FILE, `${context.discussion}\n`);
    const numbers = Array.from({ length: context.pictures }, (_, index) => index + 1);
    let missing = 0;
    await eachAtMost(AT_A_TIME, numbers, async (number) => {
      const content = await input.picture(number);
      const kind = content === null || content.length > CONTEXT_LIMITS.pictureBytes ? null : pictureKind(content);
      if (content === null || kind === null) return void (missing += 1);
      const name = `${pictureName(number)}.${kind}`;
      await writeOnce(input, name, content);
      written.push({ number, file: join(input.folder, name), bytes: content.length });
    });
    if (missing > 0) note(`Pictures that GitHub did not hand out: ${missing}`);
  } catch {
    note("Files beside the clone could not be written");
  }
  return shownOf(written);
}

type WrittenPicture = { number: number; file: string; bytes: number };

/** The first ones that fit; the others lie beside the clone all the same. */
function shownOf(written: readonly WrittenPicture[]): string[] {
  let left = SHOWN.totalBytes;
  return written
    .toSorted((a, b) => a.number - b.number)
    .flatMap(({ file, bytes }) => {
      if (bytes > SHOWN.pictureBytes || bytes > left) return [];
      left -= bytes;
      return [file];
    });
}

const writeOnce = ({ folder }: ContextInput, name: string, content: string | Uint8Array): Promise<void> =>
  writeFile(join(folder, name), content, { mode: 0o644, flag: "wx" });
