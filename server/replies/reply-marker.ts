const MARKER = /<!-- porter:reply=(\d{1,20})\.(\d{1,2}) -->\s*$/;

/** The mention that a reply answers: (comment id, command index), within one repository. */
export type ReplyKey = { commentId: number; index: number };

/** A reply with the hidden marker by which it is found again before a second one is posted. */
export const withReplyMarker = (text: string, key: ReplyKey): string =>
  `${text}\n\n<!-- porter:reply=${key.commentId}.${key.index} -->`;

/** The mention that a reply of ours answers; null for any other comment. The caller checks that our App wrote it. */
export function readReplyMarker(body: string): ReplyKey | null {
  const found = MARKER.exec(body);
  return found ? { commentId: Number(found[1]), index: Number(found[2]) } : null;
}
