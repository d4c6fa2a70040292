"use client";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

const PLUGINS = [remarkGfm];
const NOT_SHOWN = ["iframe"];
/** Elsewhere, or a place in this very text (footnotes). */
const LEADS_SOMEWHERE = /^(?:https?:|mailto:|#)/i;

const COMPONENTS: Components = {
  // An agent means a file of the repository with a relative address; here it would be a page of Porter's.
  a: ({ children, href }) =>
    LEADS_SOMEWHERE.test(href ?? "") ? (
      <a href={href} rel="noreferrer nofollow ugc" className="link">
        {children}
      </a>
    ) : (
      <span title={href === "" ? undefined : href}>{children}</span>
    ),
  // Pictures of strangers would tell them who reads this; the content security policy refuses them anyway.
  img: ({ alt, src }) =>
    typeof src === "string" && LEADS_SOMEWHERE.test(src) ? (
      <a href={src} rel="noreferrer nofollow ugc" className="link">
        {alt === undefined || alt === "" ? "picture" : alt}
      </a>
    ) : (
      <span>{alt}</span>
    ),
  // Of lists of things to do; nobody can tick them here.
  input: ({ checked }) => (
    <>
      <span aria-hidden>{checked === true ? "☑" : "☐"}</span>
      <span className="sr-only">{checked === true ? "Done: " : "Open: "}</span>
    </>
  ),
};

/** An agent's message. Raw HTML stays text; links are the author's, not ours. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className="prose-porter">
      <ReactMarkdown remarkPlugins={PLUGINS} disallowedElements={NOT_SHOWN} unwrapDisallowed components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
