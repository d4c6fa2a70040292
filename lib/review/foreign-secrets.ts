import { lintSource } from "@secretlint/core";
import { secretLintProfiler } from "@secretlint/profiler";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";
import { shapeLabels } from "../token-shapes.ts";

// It notes down each call and never forgets one, which an isolate has no memory for.
secretLintProfiler.setEnabled(false);

const PREFIX = "@secretlint/secretlint-rule-";
/** A comment in a file would turn the other rules off, and who writes a file decides its comments. */
const OBEYS_FILES = `${PREFIX}filter-comments`;
/** The number of an account is in every address of its buckets. */
const NO_SECRETS: ReadonlySet<string> = new Set(["AWSAccountID"]);

const RULES = rules
  .filter(({ meta }) => meta.id !== OBEYS_FILES)
  .map((rule) => ({ id: rule.meta.id, rule, options: { enableIDScanRule: true } }));

/** Where the name of a rule says too little; the same words as those of Porter's own shapes (`shapeLabels`). */
const WORDS: Partial<Record<string, string>> = {
  privatekey: "a private key",
  basicauth: "a password in an address",
  "database-connection-string": "a password of a database",
  aws: "an AWS secret key",
  gcp: "a Google Cloud key",
  npm: "an npm token",
  github: "a GitHub token",
  gitlab: "a GitLab token",
  slack: "a Slack token",
  anthropic: "an Anthropic key",
  openai: "an OpenAI key",
  "1password": "a 1Password token",
  "hashicorp-vault": "a HashiCorp Vault token",
};

type Found = { ruleId: string; messageId: string };

function labelOf({ ruleId, messageId }: Found): string {
  if (messageId === "AWSAccessKeyID") return "an AWS access key";
  const name = ruleId.replace(PREFIX, "");
  return WORDS[name] ?? `a credential of ${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/**
 * Kinds of foreign credentials in a text, in words for people; never the values. By a maintained set of rules, and by the
 * looks of the tokens that Porter itself has to do with, some of which those rules do not know.
 */
export async function foreignSecretsIn(text: string): Promise<string[]> {
  const { messages } = await lintSource({
    source: { content: text, filePath: "file.txt", ext: ".txt", contentType: "text" },
    options: { noPhysicFilePath: true, config: { rules: RULES } },
  });
  const found = messages.filter(({ messageId }) => !NO_SECRETS.has(messageId));
  return [...new Set([...found.map(labelOf), ...shapeLabels(text)])];
}

/** The rules make many times the memory of a text out of it. */
const WINDOW = 256 * 1024;
const OVERLAP = 16 * 1024;

/** The same of a file of any size, piece by piece; one that is no text is read byte by byte. */
export async function foreignSecretsInFile(content: Uint8Array): Promise<string[]> {
  const decoder = new TextDecoder(content.includes(0) ? "latin1" : "utf-8");
  const found = new Set<string>();
  for (let at = 0; at < content.length; at += WINDOW) {
    const piece = decoder.decode(content.subarray(at, at + WINDOW + OVERLAP));
    for (const label of await foreignSecretsIn(piece)) found.add(label);
  }
  return [...found];
}
