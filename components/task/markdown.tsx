"use client";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];
/** Pictures of strangers would tell them who reads this; the content security policy refuses them anyway. */
const NOT_SHOWN = ["img", "input", "iframe"];

/** An agent's message. Raw HTML stays text; links are the author's, not ours. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-porter">
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        disallowedElements={NOT_SHOWN}
        unwrapDisallowed
        components={{
          a: ({ children, href }) => (
            <a href={href} rel="noreferrer nofollow ugc" className="link">
              {children}
            </a>
          ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
