/**
 * Runs `work` while this process holds `file` (it names the holder's pid). Waits for another holder, after one call of
 * `onWait`; takes over from a holder that died.
 */
export function runExclusively<T>(
  file: string,
  options: { onWait: () => void; work: () => Promise<T> | T },
): Promise<T>;
