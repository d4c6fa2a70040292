import { writeFileSync } from "node:fs";

/**
 * Writes variables in the form that wrangler's `--env-file` reads, mode 0600: secrets stay out of every command line.
 * A value with a single quote cannot be written and throws.
 */
export function writeEnvFile(path: string, variables: Record<string, string>): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(name, value)}`);
  writeFileSync(path, `${lines.join("\n")}\n`, { mode: 0o600 });
}

function quoted(name: string, value: string): string {
  if (value.includes("'")) throw new Error(`${name} holds a single quote`);
  // Double quotes turn \n into a line break, which a PEM needs; single quotes leave everything as it is, which JSON needs.
  return value.includes("\n") ? `"${value.trim().replaceAll("\n", "\\n")}"` : `'${value}'`;
}
