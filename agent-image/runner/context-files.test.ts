import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { writeContextFiles } from "./context-files.ts";

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true, force: true });
});

/** `pictures`: what Porter hands out, by number. */
async function written(
  context: { discussion: string | null; pictures: number } | undefined,
  pictures: (string | null)[],
) {
  const root = await mkdtemp(join(tmpdir(), "context-files-"));
  roots.push(root);
  const notes: string[] = [];
  const folder = join(root, "context");
  const shown = await writeContextFiles({
    context,
    folder,
    picture: async (number) => {
      const content = pictures[number - 1];
      return content == null ? null : Buffer.from(content, "latin1");
    },
    note: (text) => notes.push(text),
  });
  const names = await readdir(folder).catch(() => null);
  return {
    folder,
    names: names?.toSorted() ?? null,
    notes,
    shown: shown.map((file) => file.replace(`${folder}/`, "")),
  };
}

test("the thread and the pictures lie beside the clone, each with the ending of what it is", async () => {
  const { folder, names, notes } = await written({ discussion: "@mona wrote", pictures: 3 }, [
    "\x89PNG\r\n\x1a\n.",
    "GIF89a.",
    "\xff\xd8\xff.",
  ]);
  expect(names).toEqual(["discussion.md", "picture-1.png", "picture-2.gif", "picture-3.jpg"]);
  expect(await readFile(join(folder, "discussion.md"), "utf8")).toBe("@mona wrote\n");
  expect(notes).toEqual([]);
});

test("pictures go with the prompt in their order, as far as a provider takes them", async () => {
  const png = (megabytes: number) => `\x89PNG\r\n\x1a\n${".".repeat(megabytes * 1024 * 1024)}`;
  const { names, shown } = await written({ discussion: null, pictures: 6 }, [3, 4, 3, 3, 2.9, 1].map(png));
  expect(names).toHaveLength(6);
  expect(shown).toEqual(["picture-1.png", "picture-3.png", "picture-4.png", "picture-5.png"]);
});

test("what does not come, or is no picture, is missing and told once", async () => {
  const { names, notes } = await written({ discussion: null, pictures: 4 }, [null, "<html>", "GIF89a.", "\x7fELF"]);
  expect(names).toEqual(["picture-3.gif"]);
  expect(notes).toHaveLength(1);
});

test("there is no folder where there is nothing, and what cannot be written ends no run", async () => {
  expect(await written(undefined, [])).toMatchObject({ names: null, notes: [] });
  const root = await mkdtemp(join(tmpdir(), "context-files-"));
  roots.push(root);
  await writeFile(join(root, "context"), "in the way");
  const notes: string[] = [];
  const input = {
    context: { discussion: "x", pictures: 0 },
    picture: async () => null,
    note: (text: string) => notes.push(text),
  };
  await writeContextFiles({ ...input, folder: join(root, "context") });
  expect(notes).toHaveLength(1);
});
