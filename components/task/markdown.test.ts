import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import Markdown from "./markdown";

const shown = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));

/** Each of them runs, loads or leads somewhere where Markdown is taken for HTML. */
const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<iframe src=https://evil.example></iframe>",
  "<a href='javascript:alert(1)'>x</a>",
  "<style>*{display:none}</style>",
  "<base href=https://evil.example/>",
  "<form action=https://evil.example><input name=a></form>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java&#115;cript:alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "[x](vbscript:msgbox(1))",
  "[x](blob:https://porter.test/1)",
  "[x](file:///etc/passwd)",
  "[x](//evil.example)",
  "[x](/api/auth/logout)",
  "[x]: javascript:alert(1)\n\n[x]",
  "<javascript:alert(1)>",
  "![x](https://evil.example/pixel.png)",
  "![x](javascript:alert(1))",
  "![x][p]\n\n[p]: https://evil.example/pixel.png",
  "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
  "x[^1]\n\n[^1]: <script>alert(1)</script>",
  "`<script>alert(1)</script>`",
  "```html\n<script>alert(1)</script>\n```",
  '[x](https://a.example "onmouseover=alert(1)")',
  '[x](https://a.example/"onmouseover="alert(1))',
];

test.each(HOSTILE)("an agent's message is text: %j", (text) => {
  const html = shown(`before\n\n${text}\n\nafter`);
  const [...tags] = html.matchAll(/<([a-z0-9]+)([^>]*)>/g);
  expect(tags.map(([, name]) => name)).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(?:script|img|svg|iframe|style|base|form|object|embed|link|meta|input)$/),
    ]),
  );
  for (const [, , attributes = ""] of tags) {
    expect(attributes).not.toMatch(/\son[a-z]+=/i);
    const href = /\shref="([^"]*)"/.exec(attributes)?.[1];
    if (href !== undefined) expect(href).toMatch(/^(?:https?:\/\/|mailto:|#)/);
    if (href?.startsWith("http")) expect(attributes).toContain('rel="noreferrer nofollow ugc"');
  }
  expect(html).toContain("before");
  expect(html).toContain("after");
});
