"use client";
import { useEffect, useRef } from "react";

/** Whoever types a date passes others on the way: the 1st before the 15th. */
const TYPING_MS = 600;
/** Typed digit by digit, the year 2026 is first 2, 20 and 202. */
const FIRST_DAY = "2000-01-01";

type DayFilterProps = {
  name: string;
  label: string;
  /** Empty: none. */
  day: string;
  onDay: (day: string | undefined) => void;
};

/**
 * A day. Not controlled, so that half a date stays as it is typed, and one that was chosen before this script was here
 * counts; what the address says wins when it changes by itself.
 */
export function DayFilter({ name, label, day, onDay }: DayFilterProps) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(day);
  const ask = () => {
    clearTimeout(timer.current);
    const input = field.current;
    if (input === null || input.validity.badInput || input.value === asked.current) return;
    if (input.value !== "" && input.value < FIRST_DAY) return;
    asked.current = input.value;
    onDay(input.value || undefined);
  };
  const isAlive = useRef(false);
  useEffect(() => {
    if (!isAlive.current) ask();
    else if (field.current !== null && day !== asked.current) {
      field.current.value = day;
      asked.current = day;
    }
    isAlive.current = true;
    // oxlint-disable-next-line react/exhaustive-deps -- follows the address
  }, [day]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className="flex items-center gap-1.5 text-soft max-sm:w-[calc(50%-0.25rem)]">
      {label}
      <input
        ref={field}
        type="date"
        name={name}
        min={FIRST_DAY}
        defaultValue={day}
        onChange={() => {
          clearTimeout(timer.current);
          timer.current = setTimeout(ask, TYPING_MS);
        }}
        onBlur={ask}
        onKeyDown={({ key }) => key === "Enter" && ask()}
        className="h-8 min-w-0 flex-1 rounded-md border border-edge/60 bg-raised px-2 text-ink hover:border-edge"
      />
    </label>
  );
}
