import type { RichText } from "@/lib/rich-text";

/** Words of Porter's with their places to go. */
export const RichTextView = ({ saying }: { saying: RichText }) => (
  <>
    {saying.map((piece, index) => {
      if (typeof piece === "string") return piece;
      if ("said" in piece) return <span key={index}>{piece.said}</span>;
      if ("code" in piece) return <code key={index}>{piece.code}</code>;
      return (
        <a key={index} href={piece.url} className="link">
          {piece.isCode === true ? <code className="break-all">{piece.words}</code> : piece.words}
        </a>
      );
    })}
  </>
);
