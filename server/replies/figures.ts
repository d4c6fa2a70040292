/** Numbers and instants that only the texts on GitHub show: absolute, in UTC. What pages show too is in `lib/format`. */

/** `950 tokens`, `18.2k tokens`, `1.2M tokens`. */
export function tokensText(count: number): string {
  if (count < 1000) return `${count} tokens`;
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k tokens` : `${(count / 1_000_000).toFixed(1)}M tokens`;
}

/** `14:03`, or `2026-02-18 23:58` on another day than `day`. `instant` and `day` are ISO 8601. */
export function clockText(instant: string, day: string): string {
  const at = new Date(instant).toISOString();
  const time = at.slice(11, 16);
  return at.slice(0, 10) === new Date(day).toISOString().slice(0, 10) ? time : `${at.slice(0, 10)} ${time}`;
}

export type DiffStats = { files: number; additions: number; deletions: number };

/** `5 files, +84 −12`, with a real minus sign. */
export const diffStats = (diff: DiffStats): string =>
  `${diff.files} ${diff.files === 1 ? "file" : "files"}, +${diff.additions} −${diff.deletions}`;
