const KEY = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s*$(?=(?:\n.*){0,3}\n[A-Za-z0-9+/=]{32,}\s*$)/m;
const PUTTY_KEY = /^PuTTY-User-Key-File-\d:/m;

const bytewise = new TextDecoder("latin1");

/** Files are read in windows: all of one as text beside its bytes would be too much for the memory of a Worker. */
const WINDOW = 1024 * 1024;
/** More than the lines that a key begins with. */
const OVERLAP = 64 * 1024;

/** Whether a private key is in it: its first line and what can be its content, not only the words. */
export function hasPrivateKey(content: Uint8Array): boolean {
  for (let at = 0; at < content.length; at += WINDOW) {
    const text = bytewise.decode(content.subarray(at, at + WINDOW + OVERLAP));
    if (!text.includes("PRIVATE KEY") && !text.includes("PuTTY-User-Key-File-")) continue;
    if (KEY.test(text) || PUTTY_KEY.test(text)) return true;
  }
  return false;
}

/** A file that stands for another one which Git LFS keeps. */
export function isLfsPointer(content: Uint8Array): boolean {
  if (content.length > 1024) return false;
  return /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.+\n)*oid sha256:[0-9a-f]{64}\n/.test(
    bytewise.decode(content),
  );
}

const LINE_END = 0x0a;
const MARKS: ReadonlySet<number> = new Set([..."<=>"].map((mark) => mark.charCodeAt(0)));
/** As much of a line as tells a mark from what only begins like one. */
const MARK_LENGTH = 9;

/** How many conflicts a file has: the three marks, each at the start of a line and in their order. */
export function countConflicts(content: Uint8Array): number {
  if (content.includes(0)) return 0;
  let conflicts = 0;
  let open: "none" | "ours" | "theirs" = "none";
  for (let at = 0, end = 0; at < content.length; at = end + 1) {
    end = content.indexOf(LINE_END, at);
    if (end === -1) end = content.length;
    if (!MARKS.has(content[at] ?? 0)) continue;
    const line = bytewise.decode(content.subarray(at, Math.min(end, at + MARK_LENGTH)));
    if (line.startsWith("<<<<<<< ")) open = "ours";
    else if (open === "ours" && /^={7}\r?$/.test(line)) open = "theirs";
    else if (open === "theirs" && line.startsWith(">>>>>>> ")) {
      conflicts += 1;
      open = "none";
    }
  }
  return conflicts;
}
