import clsx from "clsx";
import { ScrollBox } from "@/components/ui/scroll-box";
import { ansiPieces } from "./ansi";
import { More } from "./more";

const OUTPUT_LINES = 20;

/** The first lines of what a command printed; the whole is in the log. */
export default function Output({ text, isBad, more }: { text: string; isBad: boolean; more: string }) {
  const lines = text.replace(/\n+$/, "").split("\n");
  const shown = isBad ? lines.slice(-OUTPUT_LINES) : lines.slice(0, OUTPUT_LINES);
  const hidden = lines.length - shown.length;
  return (
    <ScrollBox label="Output" className={clsx("rounded-md bg-sunken px-3 py-2", isBad && "border-l-2 border-bad")}>
      <pre className="font-mono text-xs leading-[18px]">
        {shown.map((line, index) => (
          <div key={index}>
            {ansiPieces(line).map((piece, pieceIndex) => (
              <span key={pieceIndex} className={piece.className}>
                {piece.text}
              </span>
            ))}
            {line === "" ? "\n" : null}
          </div>
        ))}
      </pre>
      {hidden === 0 ? null : (
        <More path={more}>
          {hidden} more line{hidden === 1 ? "" : "s"}
          {isBad ? " before these" : ""} · show in log
        </More>
      )}
    </ScrollBox>
  );
}
