import { z } from "zod";
import type { Choices } from "./options.ts";

/** GitHub's answer to the code of a manifest, as far as Porter needs it; kept as it is. */
export const appSchema = z.object({
  id: z.number(),
  slug: z.string(),
  html_url: z.url(),
  owner: z.object({ id: z.number(), login: z.string(), type: z.string() }),
  client_id: z.string(),
  client_secret: z.string(),
  webhook_secret: z.string().min(16),
  pem: z.string().includes("PRIVATE KEY"),
});
export type App = z.output<typeof appSchema>;

type GitHubOrigins = { url: string; apiUrl: string };

/** github.com, or a GitHub Enterprise Server by GITHUB_URL. */
export function githubOrigins({ githubUrl, githubApiUrl }: Choices): GitHubOrigins {
  if (githubUrl === undefined) return { url: "https://github.com", apiUrl: githubApiUrl ?? "https://api.github.com" };
  return { url: githubUrl, apiUrl: githubApiUrl ?? `${githubUrl}/api/v3` };
}

/** Where GitHub reaches Porter: server/webhooks and server/auth. */
export const appAddresses = (publicUrl: string) => ({
  webhook: `${publicUrl}/api/webhooks/github`,
  callback: `${publicUrl}/api/auth/callback/github`,
  setup: `${publicUrl}/api/auth/github/installed`,
});
