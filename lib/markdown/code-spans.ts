/** `size` backticks at `at` open a span that ends before `closesAt`, or, with null, are plain text. */
export type BacktickRun = { at: number; size: number; closesAt: number | null };

type Range = { from: number; end: number };

/**
 * Pairs the runs of backticks of one paragraph: a run closes at the next run of exactly its size (CommonMark 6.1).
 * A backslash takes one backtick away from an opening run and none from a closing one.
 */
export function closingRuns(text: string, lines: readonly Range[]): BacktickRun[] {
  const runs = lines.flatMap((line) => [...runsIn(text, line)]);
  const bySize = new Map<number, { starts: number[]; next: number }>();
  for (const run of runs) {
    const known = bySize.get(run.size);
    if (known) known.starts.push(run.at);
    else bySize.set(run.size, { starts: [run.at], next: 0 });
  }
  return runs.flatMap((run) => {
    const opening = run.escaped ? { at: run.at + 1, size: run.size - 1 } : run;
    if (opening.size === 0) return [];
    const same = bySize.get(opening.size);
    // Runs come in order, so each list is walked once.
    while (same && same.next < same.starts.length && (same.starts[same.next] ?? 0) <= opening.at) same.next++;
    const closing = same?.starts[same.next];
    return [{ at: opening.at, size: opening.size, closesAt: closing === undefined ? null : closing + opening.size }];
  });
}

function* runsIn(text: string, line: Range): Generator<{ at: number; size: number; escaped: boolean }> {
  let backslashes = 0;
  for (let at = line.from; at < line.end;) {
    const char = text[at];
    if (char !== "`") {
      backslashes = char === "\\" ? backslashes + 1 : 0;
      at++;
      continue;
    }
    let size = 1;
    while (at + size < line.end && text[at + size] === "`") size++;
    yield { at, size, escaped: backslashes % 2 === 1 };
    backslashes = 0;
    at += size;
  }
}
