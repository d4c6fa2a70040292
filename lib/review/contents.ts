const KEY = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*$(?=(?:\n.*){0,3}\n[A-Za-z0-9+/=]{32,}\s*$)/m;
const PUTTY_KEY = /^PuTTY-User-Key-File-\d:/m;

const bytewise = new TextDecoder("latin1");

/** Whether a private key is in it: its first line and what can be its content, not only the words. */
export function hasPrivateKey(content: Uint8Array): boolean {
  const text = bytewise.decode(content);
  if (!text.includes("PRIVATE KEY") && !text.includes("PuTTY-User-Key-File-")) return false;
  return KEY.test(text) || PUTTY_KEY.test(text);
}

/** A file that stands for another one which Git LFS keeps. */
export function isLfsPointer(content: Uint8Array): boolean {
  if (content.length > 1024) return false;
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.+\n)*oid sha256:[0-9a-f]{64}\n/.test(
    bytewise.decode(content),
  );
}

/** How many conflicts a file has: the three marks, each at the start of a line and in their order. */
export function countConflicts(content: Uint8Array): number {
  if (content.includes(0)) return 0;
  const text = bytewise.decode(content);
  if (!text.includes("<<<<<<< ")) return 0;
  let conflicts = 0;
  let open: "none" | "ours" | "theirs" = "none";
  for (const line of text.split("\n")) {
    if (line.startsWith("<<<<<<< ")) open = "ours";
    else if (open === "ours" && /^={7}\r?$/.test(line)) open = "theirs";
    else if (open === "theirs" && line.startsWith(">>>>>>> ")) {
      conflicts += 1;
      open = "none";
    }
  }
  return conflicts;
}
