import clsx from "clsx";
import { memo } from "react";
import { ansiPieces } from "./ansi";
import type { LogLine } from "./log-lines";
import { offsetText } from "./step-rows";

export type Stamps = "off" | "relative" | "absolute";

const LOOKS: Record<LogLine["is"], string> = {
  out: "",
  // Not red: most tools write their progress there.
  err: "text-soft",
  event: "text-faint",
  agent: "font-medium",
  porter: "text-faint",
  gap: "bg-waiting-wash text-waiting",
};

type LogRowProps = {
  line: LogLine;
  stamps: Stamps;
  beganMs: number | null;
  isMatch: boolean;
  isCurrent: boolean;
  isPicked: boolean;
  onPick: (number: number, isRange: boolean) => void;
};

export const LogRow = memo(function LogRow({ line, stamps, beganMs, ...marks }: LogRowProps) {
  const { number } = line;
  return (
    <div
      className={clsx(
        "flex h-[18px] pr-4",
        marks.isPicked ? "bg-running-wash" : marks.isCurrent ? "bg-waiting/35" : marks.isMatch && "bg-waiting-wash",
      )}
    >
      <a
        href={`#L${number}`}
        aria-label={`Line ${number}`}
        onClick={(event) => {
          event.preventDefault();
          marks.onPick(number, event.shiftKey);
        }}
        className={clsx(
          "w-16 shrink-0 border-r pr-3 text-right text-faint select-none tabular hover:text-ink",
          line.is === "err" ? "border-waiting" : "border-transparent",
        )}
      >
        {number}
      </a>
      {stamps === "off" ? null : (
        <span className="w-20 shrink-0 pl-3 text-faint select-none tabular">{stamp(line.t, stamps, beganMs)}</span>
      )}
      <span className={clsx("pl-3 whitespace-pre", LOOKS[line.is])}>
        {ansiPieces(line.text).map((piece, index) =>
          piece.className === "" ? (
            piece.text
          ) : (
            <span key={index} className={piece.className}>
              {piece.text}
            </span>
          ),
        )}
      </span>
    </div>
  );
});

const stamp = (t: number, stamps: Stamps, beganMs: number | null): string =>
  stamps === "relative" || beganMs === null
    ? offsetText(t)
    : new Date(beganMs + t).toLocaleTimeString(undefined, { hour12: false });
