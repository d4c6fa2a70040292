import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import { SetupError } from "./setup-error.ts";
import { readJson } from "../../lib/json.ts";

/** What set-up knows of one installation, as files that only this user reads. */
export type Folder = {
  path: string;
  /** The same from the project's folder, for people. */
  shown: string;
  /** Undefined when there is no such file. */
  read: <T>(file: string, schema: z.ZodType<T>) => T | undefined;
  /** Whole or not at all, and on the disk when it returns. */
  write: (file: string, value: unknown) => void;
  remove: (file: string) => void;
};

/** `.porter/setup/<name>`; made with the first file. */
export function openFolder(root: string, name: string): Folder {
  const shown = join(".porter", "setup", name);
  const path = join(root, shown);
  return {
    path,
    shown,
    read: (file, schema) => {
      const text = textOf(join(path, file));
      return text === undefined ? undefined : parse(schema, text, join(shown, file));
    },
    write: (file, value) => {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const draft = join(path, `${file}.new`);
      rmSync(draft, { force: true });
      const handle = openSync(draft, "wx", 0o600);
      writeSync(handle, `${JSON.stringify(value, null, 2)}\n`);
      fsyncSync(handle);
      closeSync(handle);
      renameSync(draft, join(path, file));
    },
    remove: (file) => rmSync(join(path, file), { recursive: true, force: true }),
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  try {
    return readJson(schema, text);
  } catch {
    // Without the parser's words: they may quote a secret.
    throw new SetupError(`${path} is not as set-up wrote it`, "bring it back as it was; nothing was changed");
  }
}
