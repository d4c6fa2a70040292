import clsx from "clsx";
import type { ReactNode } from "react";

const TONES = {
  bad: "border-bad/30 bg-bad-wash",
  waiting: "border-waiting/30 bg-waiting-wash",
  neutral: "border-line bg-sunken",
};

/** Something the reader should know before the rest. Alerts are read out at once; `isSaid` false: the announcer says it. */
export const Notice = ({
  tone,
  className,
  isSaid = true,
  children,
}: {
  tone: keyof typeof TONES;
  className?: string;
  isSaid?: boolean;
  children: ReactNode;
}) => (
  <div
    role={isSaid ? (tone === "bad" ? "alert" : "status") : undefined}
    className={clsx("rounded-md border px-3 py-2 text-sm text-ink", TONES[tone], className ?? "my-3")}
  >
    {children}
  </div>
);
