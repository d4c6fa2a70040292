import { describe, expect, test } from "vitest";
import { type PartKind } from "../../lib/change-set-upload.ts";
import { FAKE_API_KEY, RunnerWorld, USER_MODES } from "../testing/runner-process.ts";

const [mode = "normal"] = USER_MODES;

async function openWorld(files: Record<string, string> = {}): Promise<RunnerWorld> {
  const world = await RunnerWorld.open(mode);
  world.repository.commit("main", { "README.md": "one\n", ...files });
  return world;
}

/** Calls of one kind, by what they ask for. */
const calls = (world: RunnerWorld, name: string): string[] =>
  world.porter.calls.filter(({ path }) => path.startsWith(`/api/callbacks/${name}`)).map(({ path }) => path);
const partsOf = (world: RunnerWorld, kind: PartKind): string[] =>
  calls(world, "part").flatMap((path) => {
    const query = new URL(path, "http://porter.test").searchParams;
    return query.get("kind") === kind ? [`${query.get("set")}/${query.get("number")}`] : [];
  });
const isPart = (path: string, kind: PartKind, number: number): boolean =>
  path.includes("/part?") && path.includes(`kind=${kind}&number=${number}&`);

/** Work of two parts. What repeats itself costs git little, and what is moved in it is still seen. */
const TWO = `for n in 1 2; do
  { printf '\\000'; yes "$(head -c 9000 /dev/urandom | base64 -w 0)" 2> /dev/null | head -c 4499999; } > $n.bin; done`;

describe("a change set", { concurrent: true }, () => {
  test("an answer that is lost costs a repeat and nothing else", async () => {
    await using world = await openWorld();
    const broken = new Set<string>();
    world.porter.breaks = (path) => {
      const breaks = (isPart(path, "content", 1) || path.endsWith("/changes")) && !broken.has(path);
      broken.add(path);
      return breaks;
    };
    await world.run(world.claimAnswer({ sh: TWO, say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 1 }]);
    expect(partsOf(world, "content")).toEqual(["1/1", "1/1", "1/2"]);
    expect(calls(world, "changes")).toHaveLength(2);
    expect(world.porter.sets.counts(1)).toMatchObject({ content: 2 });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("1.bin\n2.bin\nREADME.md");
  });

  test("a part that Porter lost is sent again, with what follows it", async () => {
    await using world = await openWorld();
    let isLost = false;
    world.porter.onCall = (path) => {
      if (isLost || !isPart(path, "content", 2)) return;
      isLost = true;
      world.porter.sets.lose(1, "content", 1);
    };
    await world.run(world.claimAnswer({ sh: TWO, say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 1 }]);
    expect(partsOf(world, "content")).toEqual(["1/1", "1/2", "1/1", "1/2"]);
  });

  test("a set that holds something else already is left for the next number", async () => {
    await using world = await openWorld();
    const query = { set: "1", kind: "content", number: "1" };
    const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const search = new URLSearchParams({ task: "task_abcdefghij0123456789", attempt: "1", ...query, sha256 });
    world.porter.sets.part(search, Buffer.alloc(0));
    await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 2 }]);
  });

  test("what Porter does not write is held back in a second set", async () => {
    await using world = await openWorld();
    world.porter.sets.leaveOut = ({ manifest }) =>
      manifest?.commits.some(({ paths }) => paths.some(({ path }) => path === "bad")) === true ? ["bad"] : [];
    const sh = "echo good > good; git add good; git commit -qm good; echo bad > bad; git add bad; git commit -qm bad";
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 2, commits: 1, filesChanged: 1 }]);
    expect(world.set?.manifest.heldBack).toEqual([{ path: "bad", reason: { kind: "asked" } }]);
    expect(world.set?.manifest.heldEntries.map(({ path }) => path)).toEqual(["bad"]);
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\ngood");
    expect(world.repository.git("ls-tree", "--name-only", "refs/bundles/set-2/work")).toBe("README.md\ngood");
    const shown = world.porter.records.flatMap((record) => (record.k === "f" ? [record.path] : []));
    expect(shown).toEqual(["good"]);
  });

  test("work that is all left out still has its files with Porter, and is no change", async () => {
    await using world = await openWorld();
    world.porter.sets.leaveOut = ({ manifest }) =>
      manifest?.commits.flatMap(({ paths }) => paths.map(({ path }) => path)) ?? [];
    await world.run(world.claimAnswer({ sh: "echo bad > bad", say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "no_changes", changeSet: 2 }]);
    expect(world.set?.manifest).toMatchObject({ commits: [], heldEntries: [{ path: "bad" }] });
  });

  test("work that is too large for a set arrives as a bundle", async () => {
    await using world = await openWorld();
    await world.run(world.claimAnswer({ sh: "mkdir many; for n in $(seq 5001); do : > many/$n; done", say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 1 }]);
    const whole = world.porter.sets.wholes.get(1);
    expect(whole?.request).toMatchObject({ manifest: null, tooLarge: { bytes: 0, paths: 5001 } });
    expect(partsOf(world, "content")).toEqual([]);
    expect(world.repository.git("ls-tree", "-r", "--name-only", "refs/bundles/set-1/work").split("\n")).toHaveLength(
      5002,
    );
  });

  test("files that were all held back are with Porter, but for secrets of the run", async () => {
    await using world = await openWorld();
    await world.run(world.claimAnswer({ sh: `echo P=1 > .env; echo ${FAKE_API_KEY} > key`, say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ status: "failed", outcome: "failed", changeSet: 1 }]);
    expect(world.set?.manifest).toMatchObject({ commits: [], heldEntries: [{ path: ".env" }] });
    expect(world.everythingThatLeft()).not.toContain(FAKE_API_KEY);
  });

  test("work that nobody takes is no success, and is not pushed", async () => {
    await using world = await openWorld();
    world.porter.sets.isOffered = false;
    await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(world.porter.completions).toMatchObject([
      { status: "failed", outcome: "failed", failureCode: "result_undelivered", changeSet: null, branch: null },
    ]);
    expect(world.git.requests.filter(({ line }) => line.includes("git-receive-pack"))).toEqual([]);
  });

  test("files that GitHub runs are in the set where Porter takes them", async () => {
    await using world = await openWorld();
    world.porter.sets.leaveOut = () => [];
    await world.run(
      world.claimAnswer({ sh: "mkdir -p .github/workflows; echo on > .github/workflows/ci.yml", say: "ok" }),
    );
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 1, heldBack: [] }]);
    expect(world.repository.git("show", "porter/abc:.github/workflows/ci.yml")).toBe("on");
  });

  test("a bundle that does not arrive costs the work nothing", async () => {
    await using world = await openWorld();
    world.porter.refuses = (path) => (path.includes("kind=bundle") ? 413 : null);
    await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(world.porter.completions).toMatchObject([{ outcome: "changed", changeSet: 1 }]);
    expect(world.set?.request).toMatchObject({ bundle: [], patch: [{ number: 1 }] });
  });

  test("a machine that must go hands over the work before the time is over", async () => {
    await using world = await openWorld();
    let isTold = false;
    world.porter.onCall = (path) => {
      if (isTold || !isPart(path, "content", 1)) return;
      isTold = true;
      world.signal("SIGTERM");
    };
    // Nobody takes the bundle, and nobody says so.
    world.porter.refuses = (path) => (path.includes("kind=bundle") ? 503 : null);
    const end = await world.run(world.claimAnswer({ sh: "echo x > x", say: "ok" }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions).toMatchObject([{ changeSet: 1 }]);
    expect(world.set?.request).toMatchObject({ bundle: [] });
  });
});
