import { describe, expect, test } from "vitest";
import { notesOf, sectionOf, withSection, type ReadCommit } from "./changelog.ts";

const commit = (message: string, index = 0): ReadCommit => ({ hash: `${index}abcdef0123456789`, message });
const VERSION = { name: "1.2.0", date: "2026-11-30" };

describe("a section", () => {
  test("has what those who run a Porter notice, by kind, and nothing else", () => {
    const messages = [
      "feat(tasks): stop at the budget\n\nWhy it was needed.",
      "fix: answer 503 without a key",
      "perf(logs): read one block",
      "test(webhooks): say the guarantee",
      "docs: name the file",
      "refactor(db)!: drop the old column",
      "no form at all",
    ];
    expect(sectionOf(VERSION, messages.map(commit))).toBe(`## 1.2.0 (2026-11-30)

### Breaking

- **db**: drop the old column (5abcdef)

### Added

- **tasks**: stop at the budget (0abcdef)

### Mended

- answer 503 without a key (1abcdef)

### Faster

- **logs**: read one block (2abcdef)
`);
  });

  test("tells a breaking change with its own words, besides what it is", () => {
    const section = sectionOf(VERSION, [
      commit("feat(env): rename it\n\nBREAKING CHANGE: PORTER_URL is\nPUBLIC_URL now"),
    ]);
    expect(section).toContain("### Breaking\n\n- **env**: PORTER_URL is PUBLIC_URL now (0abcdef)");
    expect(section).toContain("### Added\n\n- **env**: rename it (0abcdef)");
  });

  test("without anything to tell says so", () => {
    expect(sectionOf(VERSION, [commit("chore: tidy up")])).toContain(
      "Nothing that those who run a Porter would notice.",
    );
  });
});

describe("the changelog", () => {
  const [first, second] = [
    sectionOf({ ...VERSION, name: "1.2.0" }, [commit("feat: one")]),
    sectionOf({ ...VERSION, name: "1.10.0" }, [commit("fix: two")]),
  ];

  test("has the newest version first, and finds each by its whole name", () => {
    const changelog = withSection(withSection("# Changelog\n\nWritten by a command.\n", first), second);
    expect(changelog.match(/^## .*$/gm)).toEqual(["## 1.10.0 (2026-11-30)", "## 1.2.0 (2026-11-30)"]);
    expect(changelog.startsWith("# Changelog\n\nWritten by a command.\n\n## 1.10.0")).toBe(true);
    expect(notesOf(changelog, "1.2.0")).toBe("### Added\n\n- one (0abcdef)");
    expect(notesOf(changelog, "1.10.0")).toBe("### Mended\n\n- two (0abcdef)");
    for (const absent of ["1.1.0", "1.2", "1"]) expect(notesOf(changelog, absent)).toBeUndefined();
  });
});
