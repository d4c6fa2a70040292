/** Milliseconds of CPU that this process spends on `work`: a quadratic scan shows in them, other work beside it does not. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
