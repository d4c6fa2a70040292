import fc from "fast-check";
import { expect, test } from "vitest";
import { sameOriginPath } from "./same-origin-path.ts";

const publicUrl = "https://porter.example";

test.each(["/", "/tasks", "/tasks/task_1?tab=log#l10", "/a/b%20c"])("keeps an own path: %s", (path) => {
  expect(sameOriginPath(path, "/else", publicUrl)).toBe(path);
});

test("keeps the path of a full URL of its own origin", () => {
  expect(sameOriginPath("https://porter.example/tasks?x=1", "/else", publicUrl)).toBe("/tasks?x=1");
});

test.each([
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "https://evil.example/",
  "https://porter.example.evil.example/",
  "https://porter.example@evil.example/",
  "javascript:alert(1)",
  "tasks",
  "",
  null,
  "/..//evil.example",
])("falls back for %j", (wanted) => {
  expect(sameOriginPath(wanted, "/else", publicUrl)).toBe("/else");
});

test("never leads a browser to another origin, whatever is asked for", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom("", "/", "//", "/\\", "https:"),
      (text, start) => {
        const path = sameOriginPath(start + text, "/else", publicUrl);
        expect(new URL(path, publicUrl).origin).toBe(publicUrl);
        expect(path.startsWith("/") && !path.startsWith("//")).toBe(true);
      },
    ),
  );
});
