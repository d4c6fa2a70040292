import { createHash } from "node:crypto";

export type FoundSecret = { type: string; label: string; placeholderId: string };

/** A few of the shapes that GitHub's push protection knows. */
const shapes = [
  { type: "aws_access_key_id", label: "Amazon AWS Access Key ID", pattern: /\bAKIA[A-Z2-7]{16}\b/g },
  {
    type: "github_personal_access_token",
    label: "GitHub Personal Access Token",
    pattern: /\bghp_[A-Za-z0-9]{36}\b/g,
  },
  { type: "slack_api_token", label: "Slack API Token", pattern: /\bxoxb-\d{10,}-\d{10,}-[A-Za-z0-9]{24}\b/g },
  { type: "stripe_api_key", label: "Stripe API Key", pattern: /\bsk_live_[A-Za-z0-9]{24,}\b/g },
];

/** The secrets in a text that nobody has allowed yet. The same secret always has the same placeholder. */
export function findSecrets(text: string, allowed: string[]): FoundSecret[] {
  return shapes
    .flatMap(({ type, label, pattern }) =>
      [...text.matchAll(pattern)].map(([secret]) => ({ type, label, placeholderId: placeholderOf(secret) })),
    )
    .filter(({ placeholderId }) => !allowed.includes(placeholderId));
}

function placeholderOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url").replaceAll(/[-_]/g, "0").slice(0, 27);
}
