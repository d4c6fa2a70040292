import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TASK_STATUSES, isTerminal } from "@/lib/task";
import { TASK_EVENTS, TRANSITIONS, statusesBefore } from "./transitions";

describe("transitions", () => {
  it("give every open status a way out on failure, stop and deadline", () => {
    for (const status of TASK_STATUSES.filter((candidate) => !isTerminal(candidate))) {
      expect(TRANSITIONS[status]["system.failed"]).toBe("failed");
      expect(TRANSITIONS[status]["user.stopped"]).toBe("failed");
      expect(TRANSITIONS[status]["clock.timed_out"]).toBe("timed_out");
    }
  });

  it("let an ended task out by an explicit retry or a click that publishes its work, and a success never", () => {
    for (const status of TASK_STATUSES.filter(isTerminal)) {
      for (const event of TASK_EVENTS) {
        const out = ({ "user.retried": "queued", "user.published": "success" } as Record<string, string>)[event];
        const expected = status === "success" ? null : (out ?? null);
        expect(TRANSITIONS[status][event], `${status} on ${event}`).toBe(expected);
      }
    }
  });

  it("take a retry back from the line alone, to the end that it left", () => {
    for (const status of TASK_STATUSES) {
      const isInLine = status === "queued";
      expect(TRANSITIONS[status]["user.unretried_failed"], status).toBe(isInLine ? "failed" : null);
      expect(TRANSITIONS[status]["user.unretried_timed_out"], status).toBe(isInLine ? "timed_out" : null);
    }
  });

  it("name the statuses an event starts from", () => {
    expect(statusesBefore("slot.claimed")).toEqual(["queued"]);
    expect(statusesBefore("user.retried")).toEqual(["failed", "timed_out"]);
    expect(statusesBefore("agent.finished")).toEqual(["running"]);
  });

  it("stand in docs/architecture.md as they are", () => {
    const page = readFileSync("docs/architecture.md", "utf8");
    const rows = page.split("\n").flatMap((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      return cells[1]?.startsWith("`") === true && cells.length === TASK_STATUSES.length + 3
        ? [cells.slice(1, -1)]
        : [];
    });
    expect(rows).toEqual(
      TASK_EVENTS.map((event) => [`\`${event}\``, ...TASK_STATUSES.map((status) => TRANSITIONS[status][event] ?? "–")]),
    );
  });
});
