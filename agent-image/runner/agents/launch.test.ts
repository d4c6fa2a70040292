import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_IDS, AGENTS } from "../../../lib/agents.ts";
import { AgentCannotStart } from "./agent.ts";
import type { LaunchInput } from "./agent.ts";
import { AGENT_RUNNERS } from "./index.ts";
import { hasAvx2, platformName } from "./launch-parts.ts";

const KEY = "sgamp_fake_canary_key";
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "porter-launch-"));
  for (const binary of AGENT_IDS.flatMap((id) => AGENTS[id].programs(platformName()))) {
    mkdirSync(dirname(join(root, binary)), { recursive: true });
    writeFileSync(join(root, binary), "");
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const input = (change: Partial<LaunchInput> = {}): LaunchInput => ({
  model: null,
  nodeModules: root,
  homeDir: root,
  workDir: "/w",
  pictures: [],
  proxyUrls: Object.fromEntries(["anthropic", "openai", "openrouter"].map((id) => [id, `http://127.0.0.1:1/p/${id}`])),
  keys: { AMP_API_KEY: KEY, ANTHROPIC_API_KEY: "canary-fake-real" },
  ...change,
});

describe("starting an agent", () => {
  it("gives a real key to those alone that are not metered, and to nobody in an argument", () => {
    for (const id of AGENT_IDS) {
      const { args, env } = AGENT_RUNNERS[id].command(input());
      expect(args.join(" ")).not.toMatch(/canary/);
      expect(JSON.stringify(env)).not.toContain("canary-fake-real");
      expect(JSON.stringify(env).includes(KEY)).toBe(!AGENTS[id].isMetered);
    }
  });

  it("passes models on as they are, default providers filled in", () => {
    const model = (id: "opencode" | "claude" | "amp", name: string | null): string =>
      AGENT_RUNNERS[id].command(input({ model: name })).args.join(" ");
    expect(model("claude", "anthropic/claude-sonnet-4-5")).toContain("--model claude-sonnet-4-5");
    expect(model("claude", "sonnet[1m]")).toContain("--model sonnet[1m]");
    expect(model("opencode", "claude-sonnet-4")).toContain("--model anthropic/claude-sonnet-4");
    expect(model("opencode", "openrouter/a/b:free")).toContain("--model openrouter/a/b:free");
    expect(model("opencode", null)).toMatch(/--model anthropic\/\S+/);
    expect(model("amp", null)).not.toContain("--mode");
    expect(model("amp", "high")).toContain("--mode high");
    expect(AGENT_RUNNERS.opencode.provider("google/gemini")).toBe("google");
    expect(AGENT_RUNNERS.opencode.keyNames("google/gemini")).toContain("GEMINI_API_KEY");
    expect(AGENT_RUNNERS.opencode.keyNames("unknown/x")).toEqual([]);
  });

  it("refuses what is no model name, before anything starts", () => {
    for (const model of ["--dangerous", "a b", "a;b", "$(id)", "a\nb", "", "x".repeat(300), "{env:HOME}"]) {
      for (const id of AGENT_IDS) expect(() => AGENT_RUNNERS[id].command(input({ model }))).toThrow(AgentCannotStart);
    }
    expect(() => AGENT_RUNNERS.opencode.command(input({ model: "openrouter/-x" }))).toThrow(AgentCannotStart);
  });

  it("says what is missing in one sentence", () => {
    const reason = (id: "opencode" | "amp", change: Partial<LaunchInput>): AgentCannotStart => {
      try {
        AGENT_RUNNERS[id].command(input(change));
      } catch (error) {
        if (error instanceof AgentCannotStart) return error;
      }
      throw new Error("it started");
    };
    expect(reason("amp", { keys: {} })).toMatchObject({
      failureCode: "missing_credentials",
      message: "The key for Amp is missing.",
    });
    expect(reason("opencode", { model: "cohere/x" })).toMatchObject({
      failureCode: "launch_contract",
      message: 'opencode cannot use the model provider "cohere" here.',
    });
    expect(reason("opencode", { model: "google/x" })).toMatchObject({
      failureCode: "launch_contract",
      message: 'Porter cannot reach the model provider "google".',
    });
    expect(reason("opencode", { nodeModules: join(root, "nowhere") }).message).toMatch(
      /^The opencode CLI is not installed for \S+\.$/,
    );
  });

  it("keeps Amp's threads to the key's owner, and gives Claude Code its tools for a plan", () => {
    const { args } = AGENT_RUNNERS.amp.command(input());
    expect(args[args.indexOf("--visibility") + 1]).toBe("private");
    expect(AGENT_RUNNERS.claude.command(input()).env).toMatchObject({ CLAUDE_CODE_ENABLE_TODO_TOOLS: "1" });
  });

  it("hands pictures to those agents that take files, before the prompt's own place", () => {
    const argsOf = (id: (typeof AGENT_IDS)[number]) =>
      AGENT_RUNNERS[id].command(input({ pictures: ["/c/1.png", "/c/2.gif"] })).args;
    expect(argsOf("codex").slice(0, 3)).toEqual(["exec", "--image=/c/1.png", "--image=/c/2.gif"]);
    expect(argsOf("codex").at(-1)).toBe("-");
    expect(argsOf("opencode").slice(-2)).toEqual(["--file=/c/1.png", "--file=/c/2.gif"]);
    for (const id of ["claude", "amp"] as const) expect(argsOf(id).join(" ")).not.toContain("/c/");
  });

  it("leaves Amp's settings where its user can read them", () => {
    const { args } = AGENT_RUNNERS.amp.command(input());
    const file = args[args.indexOf("--settings-file") + 1] ?? "";
    expect(statSync(file).mode & 0o444).toBe(0o444);
    expect(readFileSync(file, "utf8")).toContain('"amp.updates.mode":"disabled"');
  });

  it("knows a processor without AVX2", () => {
    const file = join(root, "cpuinfo");
    writeFileSync(file, "processor : 0\nflags\t\t: fpu sse4_2 avx\n");
    expect(hasAvx2(file)).toBe(process.arch !== "x64");
    writeFileSync(file, "flags\t\t: fpu avx avx2 bmi1\n");
    expect([hasAvx2(file), hasAvx2(join(root, "missing"))]).toEqual([true, true]);
  });
});
