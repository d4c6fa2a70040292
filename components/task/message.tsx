"use client";
import { type ComponentType, useEffect, useState } from "react";

type Markdown = ComponentType<{ text: string }>;
let loaded: Markdown | null = null;

/** An agent's words: as text at once, as Markdown when its renderer is here. */
export function Message({ text }: { text: string }) {
  const [Rich, setRich] = useState<Markdown | null>(() => loaded);
  useEffect(() => {
    if (loaded !== null) return;
    let isGone = false;
    import("./markdown").then(
      ({ default: markdown }) => {
        loaded = markdown;
        if (!isGone) setRich(() => markdown);
      },
      // It stays text.
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, []);
  return Rich === null ? <div className="prose-porter whitespace-pre-wrap">{text}</div> : <Rich text={text} />;
}
