import { type HttpAnswer, jsonAnswer } from "./exchange.ts";
import type { RefViolation } from "./ref-gate.ts";
import type { FoundSecret } from "./secret-scan.ts";

type RepositoryAddress = { fullName: string; url: string };

/** What git prints when rules refuse a push, in GitHub's lines. */
export function pushRefusal({ fullName, url }: RepositoryAddress, ref: string, violations: RefViolation[]): string {
  const page = `${url}/${fullName}/rules?ref=${encodeURIComponent(ref)}`;
  const lines = [
    `error: GH013: Repository rule violations found for ${ref}.`,
    "",
    `Review all repository rules at ${page}`,
    "",
    ...violations.flatMap((violation) => linesOf({ fullName, url }, violation)),
  ];
  return lines.join("\n") + "\n";
}

function linesOf(address: RepositoryAddress, { message, commits, secrets }: RefViolation): string[] {
  if (secrets.length > 0) return protectionLines(address, secrets);
  const found = `  Found ${commits.length} violation${commits.length === 1 ? "" : "s"}:`;
  return [`- ${message}`, ...(commits.length === 0 ? [] : [found, "", ...commits.map((id) => `  ${id}`)]), ""];
}

function protectionLines({ fullName, url }: RepositoryAddress, secrets: RefViolation["secrets"]): string[] {
  const blocks = secrets.flatMap(({ label, commit, path, line, placeholderId }) => [
    `      —— ${label} ${"—".repeat(30)}`,
    "       locations:",
    `         - commit: ${commit}`,
    `           path: ${path}:${line}`,
    "",
    "       (?) To push, remove secret from commit(s) or follow this URL to allow the secret.",
    `       ${unblockAddress({ fullName, url }, placeholderId)}`,
    "",
  ]);
  return [
    "- GITHUB PUSH PROTECTION",
    `  ${"—".repeat(41)}`,
    "    Resolve the following violations before pushing again",
    "",
    "    - Push cannot contain secrets",
    "",
    ...blocks,
  ];
}

/** Where a person allows a secret on the web. */
function unblockAddress({ fullName, url }: RepositoryAddress, placeholderId: string): string {
  return `${url}/${fullName}/security/secret-scanning/unblock-secret/${placeholderId}`;
}

export const violationText = (violations: { message: string }[]): string =>
  ["Repository rule violations found", ...violations.map(({ message }) => message), ""].join("\n\n");

/** The same refusal as the API words it; secrets are named by placeholders, as GitHub publishes it. */
export function apiRefusal(status: 409 | 422, violations: { message: string; secrets: FoundSecret[] }[]): HttpAnswer {
  const secrets = violations.flatMap((violation) => violation.secrets);
  const placeholders = secrets.map(({ placeholderId, type }) => ({ placeholder_id: placeholderId, token_type: type }));
  return jsonAnswer(status, {
    message: violationText(violations),
    ...(secrets.length === 0 ? {} : { metadata: { secret_scanning: { bypass_placeholders: placeholders } } }),
    documentation_url: "https://docs.github.com/rest",
    status: String(status),
  });
}
