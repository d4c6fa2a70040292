"use client";
import { lazy, Suspense } from "react";
import { seenText } from "./terminal-text";

const AsText = ({ text }: { text: string }) => <div className="prose-porter whitespace-pre-wrap">{text}</div>;

/** Where its script does not come, what the server wrote stays as it is, and what comes later stays text. */
const Markdown = lazy(() => import("./markdown").catch(() => new Promise<never>(() => {})));

/** An agent's words: Markdown, and text until its renderer is here. */
export function Message({ text: given }: { text: string }) {
  const text = given.includes("\u001b") ? given.split("\n").map(seenText).join("\n") : given;
  return (
    <Suspense fallback={<AsText text={text} />}>
      <Markdown text={text} />
    </Suspense>
  );
}
