/** Raw parts of a commit; the message is bytes, because its encoding is the author's choice. */
export type Commit = {
  sha: string;
  tree: string;
  parents: string[];
  /** Header lines as they are, in latin1, which keeps every byte. */
  author: string;
  committer: string;
  encoding: string | null;
  message: Buffer;
};

export function parseCommit(sha: string, raw: Buffer): Commit {
  const cut = raw.indexOf("\n\n");
  const header = raw.subarray(0, cut < 0 ? raw.length : cut).toString("latin1");
  const values = (name: string): string[] =>
    header.split("\n").flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  return {
    sha,
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: values("author")[0] ?? "",
    committer: values("committer")[0] ?? "",
    encoding: values("encoding")[0] ?? null,
    message: cut < 0 ? Buffer.alloc(0) : raw.subarray(cut + 2),
  };
}

/** A message as text: in the encoding that it says, if it is one of two. */
export function decodeMessage(message: Buffer, encoding: string | null): string {
  const isLatin = /^(?:iso-?8859-1|latin-?1|windows-1252)$/i.test(encoding ?? "");
  return message.toString(isLatin ? "latin1" : "utf8");
}

/** First line of a message, for people. */
export function subjectOf({ message, encoding }: Pick<Commit, "message" | "encoding">): string {
  return (decodeMessage(message, encoding).trimStart().split("\n")[0] ?? "").trim();
}
