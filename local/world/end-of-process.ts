/**
 * Calls `end` once when this process is about to be over, for whatever reason it can see: a signal, an error that
 * nobody caught, or the death of its parent. `end` gets the exit code that a shell would see.
 */
export function onEndOfProcess(end: (exitCode: number) => void): void {
  let isOver = false;
  const once = (exitCode: number): void => {
    if (isOver) return;
    isOver = true;
    clearInterval(watch);
    end(exitCode);
  };
  process.on("SIGINT", () => once(130));
  process.on("SIGTERM", () => once(143));
  process.on("SIGHUP", () => once(129));
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      once(1);
    });
  }
  // A parent that was killed tells nobody; its children get another one.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) once(129);
  }, 1000);
  watch.unref();
}
