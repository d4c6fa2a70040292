import { CONTEXT_LIMITS, type Picture, pictureSchema } from "@/lib/context-files";

/** A text that was kept, as it is in the prompt; `shownIn`: the comment that it is of, null for the issue. */
export type ShownText = { text: string; shownIn: number | null };

/** As GitHub writes an upload into a text: an image of Markdown or of HTML. Other addresses are nobody's pictures. */
const IMAGE =
  /(?:!\[[^\]]*\]\(\s*<?|<img\b[^>]*?\bsrc\s*=\s*["']?)https?:\/\/[^\s/"'<>()]+\/user-attachments\/assets\/([0-9a-fA-F-]{36})(?![0-9a-fA-F-])/g;
const MOST_SHOWN = 5;

/** The pictures in these texts, in this order; `over`: how many more there are than a run is given. */
export function picturesIn(texts: readonly ShownText[]): { pictures: Picture[]; over: number } {
  const found = new Map<string, (number | null)[]>();
  for (const { text, shownIn } of texts) {
    for (const [, name = ""] of text.matchAll(IMAGE)) {
      const asset = name.toLowerCase();
      if (!pictureSchema.shape.asset.safeParse(asset).success) continue;
      const shown = found.get(asset) ?? [];
      if (!shown.includes(shownIn) && shown.length < MOST_SHOWN) shown.push(shownIn);
      found.set(asset, shown);
    }
  }
  const all = [...found].map(([asset, shownIn]) => ({ asset, shownIn }));
  return { pictures: all.slice(0, CONTEXT_LIMITS.pictures), over: Math.max(0, all.length - CONTEXT_LIMITS.pictures) };
}
