import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, resolveAgentUser } from "./agent-user.ts";
import { loadConfig } from "./config.ts";
import { apiBase } from "./git-token.ts";
import { parseManualRunContract } from "./manual-run-contract.ts";
import { mayCarrySecrets } from "./trusted-url.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shared = { PORTER_ALLOW_SAME_USER: "1" };
const machine = {
  taskId: "task_abcdefghij0123456789",
  attempt: 2,
  protocol: 1,
  porterUrl: "https://porter.example",
  claimToken: "fake-claim-token-0123456789-0123456789",
};

function fileWith(content: unknown): string {
  const path = join(folder, "task.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("the machine file", () => {
  test("is gone once it is read", () => {
    const path = fileWith(machine);
    const config = loadConfig({ ...shared, PORTER_TASK_FILE: path, FLY_MACHINE_ID: "m1" }, 0);
    expect(config.launch).toEqual({ kind: "machine", file: machine, machineId: "m1" });
    expect(existsSync(path)).toBe(false);
  });

  test("is gone, and said to be wrong, when it is not understood", () => {
    for (const content of ["not json", { ...machine, protocol: 99 }, { ...machine, claimToken: "short" }]) {
      const path = fileWith(content);
      expect(() => loadConfig({ ...shared, PORTER_TASK_FILE: path }, 0)).toThrow(ConfigError);
      expect(existsSync(path)).toBe(false);
    }
  });

  test("is not trusted with an address that would show the token to others", () => {
    const path = fileWith({ ...machine, porterUrl: "http://porter.example" });
    expect(() => loadConfig({ ...shared, PORTER_TASK_FILE: path }, 0)).toThrow(/https/);
  });

  test("is missed when it was named", () => {
    expect(() => loadConfig({ ...shared, PORTER_TASK_FILE: join(folder, "none") }, 0)).toThrow(/does not exist/);
  });
});

describe("the environment contract", () => {
  const contract = {
    TASK_ID: "task_abc123",
    REPO_FULL_NAME: "user/repo",
    AGENT: "claude-code",
    PROMPT: "Fix it",
    GITHUB_TOKEN: "fake-token",
    ANTHROPIC_API_KEY: "fake-key",
    CALLBACK_URL: "https://porter.example/api/callbacks/complete",
  };

  test("becomes an assignment", () => {
    const { assignment, callbackToken } = parseManualRunContract({ ...contract, TIMEOUT_MINUTES: "3", MODEL: "" }, 0);
    expect(callbackToken).toBeNull();
    expect(assignment).toMatchObject({
      repository: { cloneUrl: "https://github.com/user/repo.git", branch: "porter/task_abc123", baseBranch: null },
      agent: { id: "claude", model: null },
      keys: { ANTHROPIC_API_KEY: "fake-key" },
      git: { token: "fake-token", revokeAtExit: false },
      limits: { deadlineAt: "1970-01-01T00:03:00.000Z" },
      providerBaseUrls: { anthropic: "https://api.anthropic.com" },
    });
  });

  test("names every missing part at once, never a value", () => {
    const fault = (): unknown =>
      parseManualRunContract({ ...contract, PROMPT: "", CALLBACK_URL: "http://far.example" }, 0);
    expect(fault).toThrow(/PROMPT.*CALLBACK_URL/);
    expect(fault).not.toThrow(/fake-token/);
    expect(() => parseManualRunContract({ ...contract, AGENT: "gemini" }, 0)).toThrow(/gemini/);
    expect(() => parseManualRunContract({ ...contract, REPO_FULL_NAME: "user/repo/../x" }, 0)).toThrow(
      /REPO_FULL_NAME/,
    );
  });
});

describe("the agent's user", () => {
  const passwd = "root:x:0:0:root:/root:/bin/sh\nporter:x:10001:10002::/nonexistent:/bin/sh\n";
  const root = { ownUid: 0, ownGid: 0, passwd };

  test("is `porter` unless a number is given", () => {
    expect(resolveAgentUser({ env: {}, ...root })).toEqual({ uid: 10001, gid: 10002, separate: true });
    expect(resolveAgentUser({ env: { PORTER_AGENT_UID: "7" }, ...root })).toEqual({ uid: 7, gid: 7, separate: true });
  });

  test("is never the supervisor's, unless that is allowed", () => {
    const same = { env: { PORTER_AGENT_UID: "0" }, ...root };
    expect(() => resolveAgentUser(same)).toThrow(/same user/);
    expect(() => resolveAgentUser({ env: {}, ownUid: 5, ownGid: 5, passwd })).toThrow(/only root/);
    expect(() => resolveAgentUser({ env: {}, ownUid: 0, ownGid: 0, passwd: "" })).toThrow(/no user `porter`/);
    expect(resolveAgentUser({ env: shared, ownUid: 5, ownGid: 6, passwd })).toEqual({
      uid: 5,
      gid: 6,
      separate: false,
    });
  });
});

test("sends secrets over https, or over http on this machine only", () => {
  for (const good of ["https://x.example/a", "http://127.0.0.1:3", "http://localhost:3", "http://[::1]:3"]) {
    expect(mayCarrySecrets(good), good).toBe(true);
  }
  const bad = [
    "http://x.example",
    "http://127.0.0.1.x.example",
    "https://u:p@x.example",
    "file:///etc",
    "ssh://x",
    "",
    "x",
  ];
  for (const address of bad) expect(mayCarrySecrets(address), address).toBe(false);
});

test("finds the API beside the clone URL", () => {
  expect(apiBase("https://github.com/o/r.git", null)).toBe("https://api.github.com");
  expect(apiBase("https://git.example/o/r.git", undefined)).toBe("https://git.example/api/v3");
  expect(apiBase("https://git.example/o/r.git", "https://api.git.example/")).toBe("https://api.git.example");
});
