import type { Git } from "./run-git.ts";

/** The patch of these paths between two trees, at most `maxChars` long. */
export async function heldPatch(
  git: Git,
  { from, to, paths }: { from: string; to: string; paths: readonly string[] },
  maxChars: number,
): Promise<string> {
  const diff = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", from, to, "--"];
  const patch = await git.text([...diff, ...paths.map((path) => `:(literal)${path}`)]);
  const marker = "\n[cut here: the patch is longer]";
  return patch.length <= maxChars ? patch : patch.slice(0, maxChars - marker.length) + marker;
}

/** The message with each trailer once, in its last paragraph where that holds nothing but trailers. */
export function withTrailers(message: Buffer | string, trailers: string[]): Buffer {
  // latin1 keeps every byte of a message in an encoding that is not ours to know.
  const text = Buffer.from(message).toString("latin1").replace(/\s+$/, "");
  const lines = text.split("\n");
  const wanted = trailers.map((trailer) => Buffer.from(trailer.replaceAll("\n", " ")).toString("latin1"));
  const missing = wanted.filter((trailer) => !lines.includes(trailer));
  if (missing.length === 0) return Buffer.from(`${text}\n`, "latin1");
  const paragraph = lines.slice(lines.lastIndexOf("") + 1);
  const isBlock = lines.includes("") && paragraph.every((line) => /^[A-Za-z][A-Za-z0-9-]*: \S/.test(line));
  return Buffer.from(`${text}${isBlock ? "\n" : "\n\n"}${missing.join("\n")}\n`, "latin1");
}
