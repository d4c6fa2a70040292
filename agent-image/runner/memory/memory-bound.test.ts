import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, test } from "vitest";
import { isRoot, RunnerWorld } from "../../testing/runner-process.ts";
import { makeControlGroup, cgroupHierarchiesOf } from "./control-group.ts";
import { agentShare } from "./memory-bound.ts";
import { keepBelow } from "./memory-watch.ts";

const MB = 1024 * 1024;

it("leaves the supervisor at least 128 MB and at most 512, whatever the machine has", () => {
  for (const megabytes of [256, 512, 1024, 2048, 4096, 8192, 65_536]) {
    const reserve = megabytes - agentShare(megabytes * MB) / MB;
    expect(reserve).toBeGreaterThanOrEqual(128);
    expect(reserve).toBeLessThanOrEqual(512);
  }
});

describe("the supervisor's own control groups", () => {
  const unified = "30 25 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate";
  const memory = "31 30 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory";
  const pids = "32 30 0:28 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids";
  const inContainer = "33 30 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory";

  it.each<[string, string[], string, string[]]>([
    ["of a virtual machine", [unified], "0::/", ["/sys/fs/cgroup"]],
    ["of a service", [unified], "0::/system.slice/x", ["/sys/fs/cgroup/system.slice/x"]],
    ["in trees of both kinds", [memory, pids], "8:pids:/\n4:memory:/a/b\n0::/", ["/sys/fs/cgroup/memory/a/b"]],
    ["of a container that sees a part", [inContainer], "4:memory:/docker/abc", ["/sys/fs/cgroup/memory"]],
    ["outside of what is seen", [inContainer], "4:memory:/docker/other", []],
    ["where none is mounted", ["25 1 8:1 / / rw - ext4 /dev/sda1 rw"], "0::/", []],
    ["where nothing can be read", [""], "", []],
  ])("%s", (_name, mounts, own, folders) => {
    expect(cgroupHierarchiesOf(mounts.join("\n"), own).map(({ folder }) => folder)).toEqual(folders);
  });
});

describe("a control group of the unified tree", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });
  /** A folder with the files that the kernel would make. */
  const tree = (files: Record<string, string>): string => {
    const folder = mkdtempSync(join(tmpdir(), "porter-tree-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };

  it("is not made where memory cannot be given on, and nothing is left", () => {
    const folder = tree({ "cgroup.subtree_control": "cpu\n" });
    // The new group has no memory.max here.
    expect(() => makeControlGroup({ kind: "unified", folder }, MB)).toThrow(/memory\.max/);
    expect(readFileSync(join(folder, "cgroup.subtree_control"), "utf8")).toBe("+memory");
    expect(readdirSync(folder)).toEqual(["cgroup.subtree_control"]);
  });

  it("takes what killed supervisors left away, and nobody else's", () => {
    const folder = tree({ "cgroup.subtree_control": "memory\n" });
    for (const name of ["porter-4194999-1", `porter-${process.pid}-1`, "other"]) mkdirSync(join(folder, name));
    expect(() => makeControlGroup({ kind: "unified", folder }, MB)).toThrow();
    expect(readdirSync(folder).toSorted()).toEqual(["cgroup.subtree_control", "other", `porter-${process.pid}-1`]);
  });
});

test.runIf(isRoot)(
  "without a control group, the largest process of the user is ended, and no more than that",
  async () => {
    const uid = 100_000_000 + randomInt(1_000_000_000);
    const eating = (megabytes: number) => {
      const program = `const all = Buffer.alloc(${megabytes} * 1048576, 1); console.log(all.length); setInterval(() => all, 1000)`;
      return spawn(process.execPath, ["-e", program], { uid, gid: uid, cwd: "/", stdio: ["ignore", "pipe", "ignore"] });
    };
    const [small, large] = [eating(20), eating(300)];
    try {
      await Promise.all([small, large].map((child) => once(child.stdout, "data")));
      expect(await keepBelow(2000 * MB, uid)).toBe(false);
      const ended = Promise.race([small, large].map((child) => once(child, "exit").then(() => child)));
      expect(await keepBelow(250 * MB, uid)).toBe(true);
      expect(await ended).toBe(large);
      expect(large.signalCode).toBe("SIGKILL");
      expect(await keepBelow(250 * MB, uid)).toBe(false);
      expect([small.exitCode, small.signalCode]).toEqual([null, null]);
    } finally {
      for (const child of [small, large]) child.kill("SIGKILL");
    }
  },
);

const EATS = `node -e 'const all = []; for (;;) all.push(Buffer.alloc(16 * 1048576, 1))'`;

test.runIf(isRoot)("a command that eats all memory is ended, the run goes on and says so", async () => {
  await using world = await RunnerWorld.open("split");
  world.repository.commit("main", { "README.md": "one\n" });
  const sh = `echo x > x; ${EATS} || echo "ended with $?" > y`;
  await world.run(world.claimAnswer({ sh, say: "ok" }), { env: { PORTER_MEMORY_MB: "512" } });
  expect(world.porter.completions[0]).toMatchObject({ status: "success", outcome: "changed", filesChanged: 2 });
  expect(world.repository.git("show", "porter/abc:y")).toBe("ended with 137");
  const notes = world.porter.records.filter(({ k }) => k === "p").map((record) => ("s" in record ? record.s : ""));
  expect(notes.filter((note) => note.includes("memory"))).not.toEqual([]);
});

test.runIf(isRoot)("an agent that eats all memory is ended, its supervisor saves the work and says why", async () => {
  await using world = await RunnerWorld.open("split");
  world.repository.commit("main", { "README.md": "one\n" });
  await world.run(world.claimAnswer({ sh: "echo x > x", eatsMemory: true }), { env: { PORTER_MEMORY_MB: "512" } });
  const [completion] = world.porter.completions;
  expect(completion).toMatchObject({ status: "failed", failureCode: "out_of_memory", outcome: "partial" });
});
