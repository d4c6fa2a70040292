import { expect, test } from "vitest";
import { readTheme } from "./theme.ts";

test("takes the system's theme for a cookie that says nothing known", () => {
  expect(readTheme(undefined)).toBe("system");
  expect(readTheme('dark"><script>')).toBe("system");
  expect(readTheme("dark")).toBe("dark");
});
