import { afterEach, expect, vi } from "vitest";

// A console.error is a fault somebody chose not to handle; a test that causes one on purpose spies on it itself.
const spy = vi.spyOn(console, "error");
afterEach(() => {
  const calls = spy.mock.calls.map((call) => call.map(String).join(" "));
  spy.mockClear();
  expect(calls, "console.error was called").toEqual([]);
});
