import { expect, test } from "vitest";
import { createGitHub } from "@/server/github/github";

// The test network answers every request with 599 (vitest.config.ts): reaching it proves that workerd takes the call.
test("workerd's own fetch takes GitHub's calls: detached from its object, redirects by hand, with a signal", async () => {
  const github = createGitHub({
    apiUrl: "https://api.github.example",
    appId: 1,
    appSlug: "porter-dev",
    privateKey: "",
    oauth: { webUrl: "https://github.example", clientId: "fake", clientSecret: "fake" },
    fetch,
    now: () => new Date("2026-11-22T09:00:00Z"),
  });
  const repository = github.repository({ id: 1, owner: "alice", name: "demo" }, "fake");
  await expect(github.user("fake").profile()).rejects.toThrow("GitHub answered 599 to GET /user");
  await expect(repository.createComment(7, "text")).rejects.toThrow("GitHub answered 599 to POST");
});
