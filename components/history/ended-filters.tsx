"use client";
import { DayFilter } from "./day-filter";
import { Choice, type Go } from "@/components/tasks/filter-bar";
import type { TaskFilter } from "@/lib/task-filter";
import { ENDED_STATES, TASK_STATES } from "@/lib/task-state";

/** What only ended tasks can be asked for: how, and when. */
export const EndedFilters = ({ filter, go }: { filter: TaskFilter; go: Go }) => (
  <>
    <Choice
      name="state"
      label="Outcome"
      className="w-32 max-sm:basis-full"
      value={filter.state ?? ""}
      onPick={(picked) => go({ state: ENDED_STATES.find((state) => state === picked) })}
    >
      <option value="">All outcomes</option>
      {ENDED_STATES.map((state) => (
        <option key={state} value={state}>
          {TASK_STATES[state].word}
        </option>
      ))}
    </Choice>
    <DayFilter name="from" label="From" day={filter.from ?? ""} onDay={(from) => go({ from })} />
    <DayFilter name="to" label="To" day={filter.to ?? ""} onDay={(to) => go({ to })} />
  </>
);
