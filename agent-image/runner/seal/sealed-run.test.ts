import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import type { NetworkPolicy } from "../../../lib/network.ts";
import { FIXTURE_PACKAGE, startPackageRegistry } from "../../testing/package-registry.ts";
import { ANY_USER_MODE, isRoot, RunnerWorld } from "../../testing/runner-process.ts";
import { filteredStart } from "./system-call-filter.ts";

test.each(ANY_USER_MODE)(
  "an agent installs, clones and calls what is listed and nobody else, users: %s",
  async (mode) => {
    await using world = await RunnerWorld.open(mode);
    const registry = await startPackageRegistry();
    world.repository.commit("main", { "README.md": "one\n" });
    world.git.repository("octo/public").commit("main", { LICENSE: "free\n" });
    // Whoever comes without a token may read.
    world.git.tokens.add("");
    const sh = `
    git clone -q ${world.git.url}/octo/public.git $HOME/public && cp $HOME/public/LICENSE LICENSE
    git -C $HOME/public push -q origin HEAD:pushed && exit 9 || true
    npm install --silent --no-audit --no-fund --no-save --registry http://packages.example/ ${FIXTURE_PACKAGE} > npm.log 2>&1
    cp node_modules/${FIXTURE_PACKAGE}/package.json got.json
    curl -sS https://telemetry.example/ || curl -sS https://telemetry.example/ || true`;
    const network: NetworkPolicy = { mode: "none", allow: ["packages.example"], required: true };
    const standIns = `packages.example:80=127.0.0.1:${registry.port}`;
    const end = await world.run({ ...world.claimAnswer({ sh, say: "ok" }), network }, { standIns });
    await registry.close();
    expect(end.exitCode).toBe(0);
    expect(world.porter.faults).toEqual([]);
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({ status: "success", outcome: "changed" });
    expect(JSON.parse(world.repository.git("show", "porter/abc:got.json"))).toMatchObject({ name: FIXTURE_PACKAGE });
    expect(world.repository.git("show", "porter/abc:LICENSE")).toBe("free");
    expect(world.git.requests.filter(({ line }) => line.includes("git-receive-pack"))).toEqual([]);
    expect(new Set(registry.asked.map((line) => line.split(" ")[0]))).toEqual(new Set(["packages.example"]));
    expect(completion?.network).toMatchObject(
      mode === "split" ? { seal: "sealed", reason: null } : { seal: "user_namespace", reason: "not_root" },
    );
    const row = { host: "telemetry.example", port: 443, phase: "working", count: 2 };
    expect(completion?.network?.blocked).toContainEqual({ ...row, command: "curl -sS https://telemetry.example/" });
    const progress = world.porter.calls.filter(({ path }) => path.endsWith("/progress"));
    expect(progress.some(({ body }) => body.includes("telemetry.example"))).toBe(true);
  },
);

/** Under the agent's own filter nobody makes a user namespace or enters another one. */
const UNSEALABLE = ["/usr/bin/perl", "-e", filteredStart(), "--", "/"];
const OPEN = { seal: "open", reason: "not_permitted", blocked: [], unlisted: 0 };

test.each(ANY_USER_MODE)("a machine that cannot be sealed runs a task without any right, users: %s", async (mode) => {
  await using world = await RunnerWorld.open(mode);
  world.repository.commit("main", { "README.md": "one\n" });
  world.through = UNSEALABLE;
  await world.run(world.claimAnswer({ sh: "cat /proc/self/status > status", say: "ok" }));
  const [completion] = world.porter.completions;
  expect(completion).toMatchObject({ status: "success", outcome: "changed", network: OPEN });
  const status = world.repository.git("show", "porter/abc:status");
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
  if (mode === "split") expect(status).toMatch(/^CapBnd:\t0+$/m);
  // Its own, beside the one of this test.
  expect(status).toMatch(/^Seccomp_filters:\t2$/m);
});

test("a machine that cannot be sealed runs no task that requires it", async () => {
  await using world = await RunnerWorld.open("normal");
  world.repository.commit("main", { "README.md": "one\n" });
  world.through = UNSEALABLE;
  const network: NetworkPolicy = { mode: "registries", allow: [], required: true };
  await world.run({ ...world.claimAnswer({ sh: "echo x > x", say: "ok" }), network });
  const refused = { failureCode: "network_open", outcome: "failed", exitCode: null, network: OPEN };
  expect(world.porter.completions[0]).toMatchObject(refused);
});

test.runIf(isRoot)("takes no user for its agent who has processes already", async () => {
  await using world = await RunnerWorld.open("split");
  const other = spawn("sleep", ["60"], { uid: 61_333, gid: 61_333, stdio: "ignore" });
  await once(other, "spawn");
  const end = await world.start({ PORTER_AGENT_UID: "61333", PORTER_TASK_FILE: `${world.root}/none` });
  const lived = other.exitCode === null && other.signalCode === null;
  other.kill("SIGKILL");
  expect(end.exitCode).toBe(2);
  expect(end.stderr).toMatch(/uid 61333 has processes already/);
  expect(lived).toBe(true);
});

test.runIf(isRoot)("saves its work when the agent has filled the disk", async () => {
  await using world = await RunnerWorld.open("split");
  world.repository.commit("main", { "README.md": "one\n" });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=400m", "tmpfs", world.workRoot]);
  try {
    const sh = "echo x > x; mkdir fill; head -c 1G /dev/zero > $HOME/fill 2>/dev/null || true";
    await world.run(world.claimAnswer({ sh, say: "ok" }));
  } finally {
    execFileSync("umount", ["-l", world.workRoot]);
  }
  expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", filesChanged: 1 });
});
