"use client";
import { useEffect, useState } from "react";
import { useStore } from "@/components/layout/use-store";
import { createTwoStep } from "./two-step";

/** What cannot be taken back is done by the second call; `armed` had the first one. */
export function useTwoStep(): { armed: string | null; confirm: (id: string) => boolean } {
  const [step] = useState(createTwoStep);
  useEffect(() => step.disarm, [step]);
  return { armed: useStore(step.armed), confirm: step.confirm };
}
