import { expect, test } from "vitest";
import { createFlyProvider } from "@/server/machines/fly-provider";

// The test network answers every request with 599 (vitest.config.ts): reaching it proves that workerd takes the call.
test("workerd's own fetch takes Fly's calls: detached from its object, redirects by hand, with a signal", async () => {
  const fly = createFlyProvider({ apiUrl: "https://api.machines.example", fetch });
  const credentials = { token: "fm2_fake", app: "porter-runs" };
  await expect(fly.get(credentials, "m1")).rejects.toThrow("HTTP 599");
  await expect(fly.destroy(credentials, "m1")).rejects.toThrow("HTTP 599");
});
