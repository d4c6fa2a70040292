"use client";
import { type ComponentType, useEffect, useState } from "react";
import { seenText } from "./terminal-text";

type Markdown = ComponentType<{ text: string }>;
let loaded: Markdown | null = null;

/** An agent's words: as text at once, as Markdown when its renderer is here. */
export function Message({ text: given }: { text: string }) {
  const text = given.includes("\u001b") ? given.split("\n").map(seenText).join("\n") : given;
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
