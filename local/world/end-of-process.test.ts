import { spawn, type ChildProcess } from "node:child_process";
import { expect, it } from "vitest";

const subject = new URL("./end-of-process.ts", import.meta.url).href;
const SCRIPT = `
import { onEndOfProcess } from ${JSON.stringify(subject)};
onEndOfProcess((code) => { console.log("over " + code); process.exit(code); });
setInterval(() => undefined, 1000);
console.log("ready");
if (process.env.THROW) setTimeout(() => { throw new Error("planted"); }, 10);
`;
const ARGS = ["--input-type=module", "--experimental-strip-types", "-e", SCRIPT];

async function readyChild(
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; exit: Promise<number | null>; output: () => string }> {
  const child = spawn(process.execPath, ARGS, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "ignore"] });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await expect.poll(() => output).toContain("ready");
  return { child, exit, output: () => output };
}

it.each([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGINT", 130],
] as const)("ends once on %s with the code that a shell would see", async (signal, code) => {
  const { child, exit, output } = await readyChild();
  child.kill(signal);
  child.kill(signal);
  expect(await exit).toBe(code);
  expect(output().match(/over/g)).toHaveLength(1);
});

it("ends with 1 on an error that nobody caught", async () => {
  const { exit } = await readyChild({ THROW: "1" });
  expect(await exit).toBe(1);
});

it("ends when its parent was killed", async () => {
  const parent = spawn(
    process.execPath,
    [
      "-e",
      `require("node:child_process").spawn(process.execPath, ${JSON.stringify(ARGS)}, { stdio: "inherit" }); setInterval(() => 0, 1000)`,
    ],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let output = "";
  parent.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  await expect.poll(() => output).toContain("ready");
  parent.kill("SIGKILL");
  await expect.poll(() => output).toContain("over 129");
});
