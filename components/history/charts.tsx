"use client";
import clsx from "clsx";
import { type ReactNode, useId, useState } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { AGENTS } from "@/lib/agents";
import { costText, durationText } from "@/lib/format";
import type { TaskStats } from "@/lib/task-pages";
import { type Day, niceTop } from "./days";

const HEIGHT = 96;

/** A chart with its numbers as a table behind a switch. */
function Figure({
  title,
  legend,
  table,
  children,
}: {
  title: string;
  legend?: ReactNode;
  table: ReactNode;
  children: ReactNode;
}) {
  const [isTable, setTable] = useState(false);
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col">
      <div className="mb-3 flex items-baseline gap-3">
        <h2 id={id} className="font-medium whitespace-nowrap">
          {title}
        </h2>
        {legend}
        <button
          type="button"
          aria-label={`${isTable ? "Chart" : "Table"}: ${title}`}
          onClick={() => setTable(!isTable)}
          className="ml-auto text-xs text-soft hover:text-ink"
        >
          {isTable ? "Chart" : "Table"}
        </button>
      </div>
      {isTable ? (
        <ScrollBox label={`${title}, as a table`} className="max-h-44 overflow-y-auto">
          {table}
        </ScrollBox>
      ) : (
        children
      )}
    </section>
  );
}

const Table = ({ heads, rows }: { heads: string[]; rows: (string | number)[][] }) => (
  <table className="w-full text-xs tabular">
    <thead className="text-left text-faint">
      <tr>
        {heads.map((head, index) => (
          <th key={head} scope="col" className={clsx("py-1 font-normal", index > 0 && "text-right")}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={row[0]} className="border-t border-line">
          {row.map((cell, index) => (
            <td key={heads[index]} className={clsx("py-1", index > 0 && "text-right")}>
              {cell}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

const Legend = () => (
  <span className="flex gap-3 text-xs text-soft">
    {[
      ["bg-good", "done"],
      ["bg-bad", "failed"],
      ["bg-edge", "other"],
    ].map(([look, word]) => (
      <span key={word} className="flex items-center gap-1">
        <span aria-hidden className={clsx("size-2 rounded-[2px]", look)} />
        {word}
      </span>
    ))}
  </span>
);

const shortDay = (day: string): string =>
  new Date(`${day}T00:00:00Z`).toLocaleDateString("en", { month: "short", day: "numeric", timeZone: "UTC" });

/** Bars of a value a day, stacked by outcome. One bar is named under the pointer. */
export function TasksByDay({ days }: { days: Day[] }) {
  const top = Math.max(4, niceTop(Math.max(...days.map((day) => day.success + day.failed + day.other))));
  return (
    <Figure
      title="Tasks a day"
      legend={<Legend />}
      table={
        <Table
          heads={["Day", "Done", "Failed", "Other"]}
          rows={days
            .filter((day) => day.success + day.failed + day.other > 0)
            .toReversed()
            .map((day) => [day.day, day.success, day.failed, day.other])}
        />
      }
    >
      <Bars
        days={days}
        top={top}
        topWords={String(top)}
        label={`Tasks a day, at most ${Math.max(...days.map((day) => day.success + day.failed + day.other))}`}
        parts={(day) => [
          { value: day.success, look: "fill-good" },
          { value: day.failed, look: "fill-bad" },
          { value: day.other, look: "fill-edge" },
        ]}
        words={(day) => `${shortDay(day.day)}: ${day.success} done, ${day.failed} failed, ${day.other} other`}
      />
    </Figure>
  );
}

export function CostByDay({ days }: { days: Day[] }) {
  const highest = Math.max(...days.map((day) => day.costUsd));
  const top = Math.max(0.01, niceTop(highest));
  return (
    <Figure
      title="Cost a day"
      table={
        <Table
          heads={["Day", "Cost"]}
          rows={days
            .filter((day) => day.costUsd > 0)
            .toReversed()
            .map((day) => [day.day, costText(day.costUsd)])}
        />
      }
    >
      <Bars
        days={days}
        top={top}
        topWords={top < 1 ? costText(top) : `$${top}`}
        label={`Cost a day, at most ${costText(highest)}`}
        parts={(day) => [{ value: day.costUsd, look: "fill-soft" }]}
        words={(day) => `${shortDay(day.day)}: ${costText(day.costUsd)}`}
      />
    </Figure>
  );
}

type BarsProps = {
  days: Day[];
  top: number;
  topWords: string;
  label: string;
  parts: (day: Day) => { value: number; look: string }[];
  words: (day: Day) => string;
};

function Bars({ days, top, topWords, label, parts, words }: BarsProps) {
  const step = 100 / days.length;
  return (
    <div className="grid grid-cols-[minmax(1.75rem,auto)_minmax(0,1fr)] text-2xs text-faint">
      <span className="flex flex-col justify-between pr-2 text-right tabular" style={{ height: HEIGHT }}>
        <span className="-mt-1">{topWords}</span>
        <span className="-mb-1">0</span>
      </span>
      <svg role="img" aria-label={label} width="100%" height={HEIGHT} className="overflow-visible">
        {[0, 0.5, 1].map((part) => (
          <line key={part} x1="0" x2="100%" y1={HEIGHT * part} y2={HEIGHT * part} className="stroke-line" />
        ))}
        {days.map((day, index) => {
          let used = 0;
          return (
            <g key={day.day} className="group">
              <title>{words(day)}</title>
              <rect
                x={`${index * step}%`}
                width={`${step}%`}
                y={0}
                height={HEIGHT}
                className="fill-transparent group-hover:fill-hover"
              />
              {parts(day).map(({ value, look }) => {
                const height = (value / top) * HEIGHT;
                used += height;
                return (
                  <rect
                    key={look}
                    x={`${index * step + step * 0.15}%`}
                    width={`${step * 0.7}%`}
                    y={HEIGHT - used}
                    height={height}
                    className={look}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <span />
      <span className="mt-1.5 flex justify-between">
        <span>{days[0] === undefined ? "" : shortDay(days[0].day)}</span>
        <span>{shortDay(days.at(-1)?.day ?? "")}</span>
      </span>
    </div>
  );
}

/** Horizontal bars: how long the middle task of each agent took. */
export function MedianByAgent({ agents }: { agents: TaskStats["agents"] }) {
  const longest = Math.max(1, ...agents.map(({ medianMs }) => medianMs ?? 0));
  return (
    <Figure
      title="Median duration"
      table={
        <Table
          heads={["Agent", "Tasks", "Done", "Median", "Cost"]}
          rows={agents.map(({ agent, tasks, succeeded, medianMs, costUsd }) => [
            AGENTS[agent].name,
            tasks,
            succeeded,
            medianMs === null ? "none" : durationText(medianMs),
            costText(costUsd),
          ])}
        />
      }
    >
      <ul className="space-y-3">
        {agents.map(({ agent, succeeded, failed, medianMs }) => (
          <li key={agent}>
            <span className="flex items-baseline justify-between text-xs">
              <span>
                {AGENTS[agent].name}{" "}
                <span className="text-faint tabular">
                  {succeeded} of {succeeded + failed} done
                </span>
              </span>
              <span className="tabular">{medianMs === null ? "none" : durationText(medianMs)}</span>
            </span>
            <span aria-hidden className="mt-1 block h-1.5 rounded-full bg-sunken">
              <span
                className="block h-full rounded-full bg-soft"
                style={{ width: `${Math.max(1, ((medianMs ?? 0) / longest) * 100)}%` }}
              />
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
