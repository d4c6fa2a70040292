import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROGRAMS } from "../build.ts";
import {
  ANY_USER_MODE,
  FAKE_API_KEY,
  FAKE_GIT_TOKEN,
  isRoot,
  RunnerWorld,
  USER_MODES,
} from "../testing/runner-process.ts";

async function openWorld(mode: (typeof USER_MODES)[number], files: Record<string, string> = {}): Promise<RunnerWorld> {
  const world = await RunnerWorld.open(mode);
  world.repository.commit("main", { "README.md": "one\n", ...files });
  return world;
}

describe.each(USER_MODES)("a hostile agent, users: %s", { concurrent: true }, (mode) => {
  // What waits long begins first, beside the others.
  test("ends with everything it started, though it ignores SIGTERM", async () => {
    await using world = await openWorld(mode);
    // No other run on this machine may be taken for this one.
    const marker = `sleep 97531.${randomInt(1_000_000_000)}`;
    const sh = `echo x > x; ${marker} & setsid ${marker} >/dev/null 2>&1 & nohup ${marker} >/dev/null 2>&1 &
      env -i setsid ${marker} >/dev/null 2>&1 & (cd / && env -i setsid setsid ${marker} >/dev/null 2>&1 &)`;
    const answer = world.claimAnswer({ sh, ignoreTerm: true, hang: true });
    const end = await world.run(answer, { deadlineInMs: 25_000 });
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({ status: "timed_out", outcome: "partial", signal: "SIGKILL" });
    const processes = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
    expect(processes).not.toContain(marker);
  });

  test("finds neither token nor key in its environment, files or parents", async () => {
    await using world = await openWorld(mode);
    const look = `
      { env; cat .git/config; git config --list --show-origin; git remote -v;
        for pid in self $PPID $(ps -o ppid= -p $PPID); do cat /proc/$pid/environ /proc/$pid/cmdline 2>/dev/null; done | tr '\\0' '\\n';
        find "$HOME" "$HOME/.." -type f -size -2000k 2>/dev/null | xargs cat 2>/dev/null; } > found.txt 2>&1 || true`;
    await world.run(world.claimAnswer({ sh: look, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    const found = world.repository.git("show", "porter/abc:found.txt");
    expect(found).toContain("PORTER_RUN=");
    expect(found).not.toContain("PORTER_GIT_TOKEN=");
    expect(found).not.toContain(FAKE_GIT_TOKEN);
    expect(found).not.toContain(FAKE_API_KEY);
  });

  test("cannot make the supervisor read a file through links in its repository", async () => {
    await using world = await openWorld(mode);
    // The file of another user is readable for the supervisor alone.
    const target = `${world.root}/machine/task.json`;
    const sh = `echo x > x; ln -sf ${target} link; ln -sf ${target} .git/refs/heads/bad; ln -sf ${target} .git/info/exclude
      mkfifo .git/refs/heads/pipe; rm .git/index; mkfifo .git/index; ln -sf /dev/zero .git/packed-refs`;
    const end = await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", filesChanged: 2 });
    expect(world.repository.git("ls-tree", "porter/abc", "link")).toMatch(/^120000 /);
    expect(world.everythingThatLeft()).not.toContain(world.porter.claimToken);
  });

  test.runIf(mode === "split")("cannot end the supervisor or change what it trusts", async () => {
    await using world = await openWorld(mode);
    const sh = `
      kill -9 $(ps -o ppid= -p $PPID) 2>/dev/null && touch killed
      rm -rf "$HOME/../private" 2>/dev/null && touch removed
      mv "$HOME" "$HOME-gone" 2>/dev/null && touch moved
      echo x > x`
      .replaceAll("\n      ", " || true\n")
      .replace(" || true\n", "\n");
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\nx");
  });
});

describe.each(ANY_USER_MODE)("a hostile agent of any user, here: %s", { concurrent: true }, (mode) => {
  test("is bounded in processes and leaves no core dump", async () => {
    await using world = await openWorld(mode);
    await world.run(world.claimAnswer({ sh: "cat /proc/self/limits /proc/self/oom_score_adj > limits", say: "ok" }));
    const limits = world.repository.git("show", "porter/abc:limits");
    expect(limits).toMatch(/^Max core file size\s+0\s+0\s/m);
    // When memory runs out, it goes before its supervisor.
    expect(limits.endsWith("\n700")).toBe(true);
    if (mode === "split") expect(limits).toMatch(/^Max processes\s+4096\s+4096\s/m);
  });

  test("runs none of its hooks, filters, fsmonitors or URL rewrites afterwards", async () => {
    await using world = await openWorld(mode);
    const plant = `
      mkdir -p .git/hooks .git/info
      for hook in pre-commit commit-msg post-commit pre-push post-index-change reference-transaction; do
        printf '#!/bin/sh\\necho %s >> "${world.drop}/ran"\\n' $hook > .git/hooks/$hook
        chmod +x .git/hooks/$hook
      done
      printf '#!/bin/sh\\ntouch ${world.drop}/ran\\n' > .git/monitor; chmod +x .git/monitor
      printf '#!/bin/sh\\ntouch ${world.drop}/ran; cat\\n' > .git/filter; chmod +x .git/filter
      git config core.hooksPath .git/hooks
      git config core.fsmonitor .git/monitor
      git config filter.evil.clean "$PWD/.git/filter"
      git config filter.evil.smudge "$PWD/.git/filter"
      git config commit.gpgsign true
      git config gpg.program "$PWD/.git/monitor"
      git config url.http://127.0.0.1:1/.insteadOf ${world.git.url}/
      git config credential.helper 'store --file=${world.drop}/stolen'
      echo '* filter=evil' > .git/info/attributes
      echo '*.txt filter=evil' > .gitattributes
      echo changed > changed.txt`;
    const end = await world.run(world.claimAnswer({ sh: plant, say: "ok" }));
    expect(end.exitCode).toBe(0);
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", filesChanged: 2 });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe(".gitattributes\nREADME.md\nchanged.txt");
    expect(readdirSync(world.drop)).toEqual([]);
    expect(world.git.requests.every((request) => request.line.includes("/octo/widgets.git/"))).toBe(true);
  });

  test("loses nothing when it deletes its .git", async () => {
    await using world = await openWorld(mode);
    await world.run(
      world.claimAnswer({ sh: "echo x > x; git add x; git commit -qm mine; echo y > y; rm -rf .git", say: "ok" }),
    );
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", commits: 1, filesChanged: 2 });
  });

  test("cannot hand over its credentials in any file, message or earlier commit", async () => {
    const encoded = Buffer.from(`x-access-token:${FAKE_GIT_TOKEN}`).toString("base64");
    // Each of them is left out by itself: one that is not would be handed over.
    const sh = `
      echo ${FAKE_API_KEY} > key.txt
      printf '\\000\\001${FAKE_API_KEY}' > key.bin
      echo ${encoded} > header.txt
      echo ok > "${FAKE_API_KEY}"`;
    await using world = await openWorld(mode);
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({
      status: "failed",
      failureCode: "secret_in_changes",
      outcome: "failed",
      branch: null,
      changeSet: null,
    });
    const calls = world.porter.calls.filter((call) => !call.path.startsWith("/github")).map((call) => call.body);
    expect(calls.join("\n")).not.toContain(FAKE_API_KEY);
  });

  test("has its credentials left out, and the rest of its work pushed", async () => {
    await using world = await openWorld(mode);
    const sh = `
      echo ${FAKE_API_KEY} > key; git add key; git commit -qm one; git rm -q key; git commit -qm two
      echo ok > ok; git add ok; git -c user.name=${FAKE_API_KEY} commit -qm "see ${FAKE_GIT_TOKEN}"
      git branch ${FAKE_API_KEY}; git tag -m ${FAKE_API_KEY} tagged; echo ${FAKE_API_KEY} > again; echo x > ${FAKE_API_KEY}`;
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed", filesChanged: 1 });
    expect(world.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("README.md\nok");
    const told = world.everythingThatLeft();
    for (const secret of [FAKE_API_KEY, FAKE_GIT_TOKEN]) expect(told).not.toContain(secret);
  });

  test("has its credentials hidden in whatever it prints", async () => {
    await using world = await openWorld(mode);
    const half = FAKE_API_KEY.length / 2;
    const [left, right] = [FAKE_API_KEY.slice(0, half), FAKE_API_KEY.slice(half)];
    const hex = Buffer.from(FAKE_GIT_TOKEN).toString("hex");
    const sh = `echo x > x; echo ${FAKE_API_KEY}; printf %s ${left}; sleep 0.3; printf '%s\\n' ${right}; echo ${hex}`;
    const say = `Used ${FAKE_API_KEY}\n\nand ${Buffer.from(FAKE_GIT_TOKEN).toString("base64")}`;
    const stderr = [`npm ERR ${FAKE_API_KEY}`];
    await world.run(
      world.claimAnswer({ sh, say, stderr, tools: [{ command: `npm test ${FAKE_API_KEY}`, exitCode: 1 }] }),
    );
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({ outcome: "changed", title: "Used [redacted]" });
    const told = world.everythingThatLeft();
    for (const form of [FAKE_API_KEY, left.slice(0, 20), hex, FAKE_GIT_TOKEN]) expect(told).not.toContain(form);
  });

  test("becomes one commit on the base when it rewrites history", async () => {
    await using world = await openWorld(mode);
    const base = world.repository.git("rev-parse", "main");
    await world.run(
      world.claimAnswer({
        sh: "echo x > x; git add x; git commit -q --amend -m rewritten; echo y > y",
        say: "Rewrites it",
      }),
    );
    expect(world.porter.completions[0]).toMatchObject({
      outcome: "changed",
      commits: 1,
      filesChanged: 2,
      title: "Rewrites it",
    });
    expect(world.porter.completions[0]?.notices.join()).toMatch(/rewrote the history/);
    expect(world.repository.git("rev-parse", "porter/abc^")).toBe(base);

    await using orphan = await openWorld(mode);
    await orphan.run(
      orphan.claimAnswer({
        sh: "git checkout -q --orphan fresh; git rm -rqf .; echo z > z; git add z; git commit -qm new",
        say: "ok",
      }),
    );
    expect(orphan.porter.completions[0]).toMatchObject({ outcome: "changed", commits: 1 });
    expect(orphan.repository.git("ls-tree", "--name-only", "porter/abc")).toBe("z");
  });

  test("has its workflow changes held back as a patch", async () => {
    await using world = await openWorld(mode, { ".github/workflows/ci.yml": "on: push\n" });
    const sh = `
      echo 'on: pull_request_target' > .github/workflows/ci.yml; git add -A; git commit -qm "only a workflow"
      echo x > x; echo 'on: x' > .github/workflows/new.yml; git add -A; git commit -qm "both"
      echo y > y`;
    await world.run(world.claimAnswer({ sh, say: "ok" }));
    const [completion] = world.porter.completions;
    expect(completion).toMatchObject({ outcome: "changed", commits: 2, filesChanged: 2 });
    expect(completion?.heldBackPatch).toContain("+on: pull_request_target");
    expect(completion?.heldBackPatch).toContain(".github/workflows/new.yml");
    expect(completion?.draftReasons.join()).toMatch(/held back/);
    expect(world.repository.git("show", "porter/abc:.github/workflows/ci.yml")).toBe("on: push");
    expect(world.repository.git("log", "--format=%H", "main..porter/abc", "--", ".github/workflows")).toBe("");

    await using only = await openWorld(mode, { ".github/workflows/ci.yml": "on: push\n" });
    await only.run(only.claimAnswer({ sh: "echo 'on: x' > .github/workflows/ci.yml", say: "ok" }));
    expect(only.porter.completions[0]).toMatchObject({ outcome: "no_changes", changeSet: 2 });
    expect(only.porter.completions[0]?.heldBackPatch).toContain("-on: push");
    expect(only.set?.manifest).toMatchObject({ commits: [], heldEntries: [{ path: ".github/workflows/ci.yml" }] });
  });

  test("cannot hand over a file that GitHub refuses", async () => {
    await using world = await openWorld(mode);
    await world.run(world.claimAnswer({ sh: "head -c 105000000 /dev/zero > big.bin", say: "ok" }));
    expect(world.porter.completions[0]).toMatchObject({ failureCode: "push_rejected", outcome: "failed" });
    expect(world.porter.completions[0]?.message).toMatch(/big\.bin.*101 MB/);
  });

  test("does not drown Porter in output", async () => {
    await using world = await openWorld(mode);
    await world.run(
      world.claimAnswer({ sh: "echo x > x; head -c 30000000 /dev/zero | tr '\\0' 'a' | fold -w 200 >&2", say: "ok" }),
    );
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    expect(world.porter.faults).toEqual([]);
  });
});

describe("the user rule", () => {
  test.runIf(isRoot)("refuses to run supervisor and agent as one user", async () => {
    await using world = await RunnerWorld.open("split");
    const end = await world.start({ PORTER_AGENT_UID: "0", PORTER_TASK_FILE: `${world.root}/machine/task.json` });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toMatch(/^porter: supervisor and agent are the same user \(uid 0\).*\n$/);
  });

  test.runIf(isRoot)("says in one line that it runs as one user", async () => {
    await using world = await RunnerWorld.open("normal");
    world.repository.commit("main", { "README.md": "one\n" });
    const end = await world.run(world.claimAnswer({ say: "ok" }));
    expect(end.stderr.split("\n").filter((line) => /could read this run's credentials/.test(line))).toHaveLength(1);
  });

  test("is in the bundles, which need nothing beside them", async () => {
    await using world = await RunnerWorld.open(isRoot ? "split" : "normal");
    for (const program of PROGRAMS) {
      const source = readFileSync(join(dirname(world.runner), `${program}.mjs`), "utf8");
      const imports = [...source.matchAll(/^import .* from "([^"]+)";$/gm)].map((match) => match[1]);
      expect(imports.filter((name) => !name?.startsWith("node:"))).toEqual([]);
    }
  });
});
