"use client";
import { useCallback, useEffect, useRef, useState } from "react";

const ARMED_MS = 4000;

/** For what cannot be taken back: the first call arms a thing, the second one within four seconds is meant. */
export function useArmed(): { armed: string | null; confirm: (id: string) => boolean } {
  const [armed, setArmed] = useState<string | null>(null);
  const current = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const confirm = useCallback((id: string) => {
    const isMeant = current.current === id;
    const next = isMeant ? null : id;
    current.current = next;
    setArmed(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      current.current = null;
      setArmed(null);
    }, ARMED_MS);
    return isMeant;
  }, []);
  return { armed, confirm };
}
