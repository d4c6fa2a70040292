"use client";
import { type ComponentType, lazy, memo, Suspense } from "react";
import { seenText } from "./terminal-text";

type Renderer = ComponentType<{ text: string }>;
const AsText: Renderer = ({ text }) => <div className="prose-porter whitespace-pre-wrap">{text}</div>;

const load = () => import("./markdown");
/** Where it does not come, what the server wrote stays as it is, and what comes later stays text. */
const Late = lazy(() => load().catch(() => new Promise<never>(() => {})));

// The server has it before it writes its first message, which would come as text otherwise, and be exchanged.
let here: Renderer | null = null;
if (typeof window === "undefined")
  load().then(
    (markdown) => (here = markdown.default),
    () => {},
  );

/** An agent's words: Markdown, and text until its renderer is here. What changes around them leaves them as they are. */
export const Message = memo(function Message({ text: given }: { text: string }) {
  const text = given.includes("\u001b") ? given.split("\n").map(seenText).join("\n") : given;
  const Markdown = here ?? Late;
  return (
    <Suspense fallback={<AsText text={text} />}>
      <Markdown text={text} />
    </Suspense>
  );
});
