import { defineCloudflareConfig } from "@opennextjs/cloudflare";

export default {
  ...defineCloudflareConfig({}),
  // The default would call `npm run build`, which is what called OpenNext.
  buildCommand: "next build && node scripts/share-chunks.ts",
};
