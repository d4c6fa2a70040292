"use client";
import { useEffect } from "react";

/** Tells the page's first script (early.tsx) that buttons work now. */
export function HydrationSignal() {
  useEffect(() => void document.dispatchEvent(new Event("porter:alive")), []);
  return null;
}
