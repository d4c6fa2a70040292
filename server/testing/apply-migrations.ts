import { applyD1Migrations, type D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { emptyStorage } from "./empty-storage";

declare global {
  namespace Cloudflare {
    interface Env {
      /** The files of drizzle/, read on the Node side by vitest.config.ts. */
      TEST_MIGRATIONS: D1Migration[];
    }
  }
}

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
// Test files share a runtime, whose start costs more than most of them: what the one before left is taken away.
await emptyStorage();
