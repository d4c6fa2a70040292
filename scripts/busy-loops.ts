import { spawn } from "node:child_process";

/** Keeps as many processors busy as it is told, until the answer is called; a loop ends with its parent, too. */
export function startBusyLoops(count: number): () => void {
  // A loop that looks up from time to time sees that nobody is there any more.
  const program = `const parent = ${process.pid};
    for (;;) { const until = Date.now() + 1000; while (Date.now() < until); process.kill(parent, 0); }`;
  const loops = Array.from({ length: count }, () => spawn(process.execPath, ["-e", program], { stdio: "ignore" }));
  return () => {
    for (const loop of loops) loop.kill("SIGKILL");
  };
}
