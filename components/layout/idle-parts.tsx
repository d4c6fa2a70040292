"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { loadPart } from "./late";

const LateParts = dynamic(() => loadPart(() => import("./late-parts")), { ssr: false });

/** What no first view needs: loaded when the browser has nothing else to do. */
export function IdleParts() {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    const wake = () => setIdle(true);
    const timer = setTimeout(wake, 1200);
    return () => clearTimeout(timer);
  }, []);
  return isIdle ? <LateParts /> : null;
}
