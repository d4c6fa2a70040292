import { describe, expect, it } from "vitest";
import { titleWith } from "./tab-title";

const none = { running: 0, attention: 0 };

describe("the tab's title", () => {
  it("says what needs the reader, then what runs, and nothing of what is zero", () => {
    expect(titleWith({ running: 3, attention: 2 }, "Tasks · Porter")).toBe("(!2 ▸3) Tasks · Porter");
    expect(titleWith({ running: 1, attention: 0 }, "Tasks · Porter")).toBe("(▸1) Tasks · Porter");
    expect(titleWith({ running: 0, attention: 12 }, "Tasks · Porter")).toBe("(!12) Tasks · Porter");
    expect(titleWith(none, "Tasks · Porter")).toBe("Tasks · Porter");
  });

  it("replaces what it said before", () => {
    const before = titleWith({ running: 3, attention: 2 }, "Tasks · Porter");
    expect(titleWith({ running: 2, attention: 2 }, before)).toBe("(!2 ▸2) Tasks · Porter");
    expect(titleWith(none, before)).toBe("Tasks · Porter");
  });

  it("keeps the brackets of a task's own title", () => {
    for (const title of [
      "(WIP) Fix login · Porter",
      "(1) of (2) · Porter",
      "(!) Urgent · Porter",
      "() => void · Porter",
    ]) {
      expect(titleWith(none, title)).toBe(title);
      expect(titleWith({ running: 1, attention: 0 }, title)).toBe(`(▸1) ${title}`);
      expect(titleWith(none, `(▸1) ${title}`)).toBe(title);
    }
  });
});
