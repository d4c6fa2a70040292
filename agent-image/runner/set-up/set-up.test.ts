import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { MachineSetUp } from "../../../lib/set-up/protocol.ts";
import { filteredStart } from "../seal/system-call-filter.ts";
import { ANY_USER_MODE, RunnerWorld, USER_MODES } from "../../testing/runner-process.ts";

const NOTHING: MachineSetUp = {
  run: null,
  required: false,
  timeoutMs: 60_000,
  start: null,
  services: [],
  env: {},
  secrets: {},
  withheld: [],
  image: null,
};
const FAKE_SECRET = "fake-npm-canary+0123456789/abcdefghij";

async function aRun(world: RunnerWorld, sh: string, setUp: Partial<MachineSetUp>) {
  world.repository.commit("main", { "README.md": "one\n", ".npmrc": "//registry.example/:_authToken=none\n" });
  await world.run({ ...world.claimAnswer({ sh, say: "ok" }), setup: { ...NOTHING, ...setUp } });
  const [completion] = world.porter.completions;
  const file = (path: string): string => world.repository.git("show", `porter/abc:${path}`);
  const log = world.porter.records.map(({ s }) => s).join("\n");
  return { completion, file, log };
}

/** Backwards, so that what looks for it does not hold it. */
const BACKWARDS = [...FAKE_SECRET].toReversed().join("");
/** Whatever the agent may read: every process's environment and command, its own variables, all files of its user. */
const READ_EVERYTHING = `
  exec 2> /dev/null
  secret=$(printf %s '${BACKWARDS}' | rev)
  coded=$(printf %s "$secret" | base64 -w 0 | tr -d =)
  { env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline; } > everything || true
  find "$HOME" . /tmp/set-up-* /var/tmp /dev/shm -user "$(id -u)" -type f -not -name everything -print0 |
    xargs -0 cat >> everything || true
  git cat-file --batch --batch-all-objects >> everything || true
  printf '%s\n' "$secret" "$coded" > $HOME/patterns
  grep -a -c -F -f $HOME/patterns everything > found || true
  wc -c < everything > size; rm everything`;

test.each(ANY_USER_MODE)("an agent finds no secret of the set-up, whatever kept it, users: %s", async (mode) => {
  await using world = await RunnerWorld.open(mode);
  const run = `
    [ "$NPM_TOKEN" = "${FAKE_SECRET}" ]
    echo "the token is $NPM_TOKEN"
    echo "//registry.example/:_authToken=$NPM_TOKEN" > ~/.npmrc
    echo "_auth=$(printf %s "$NPM_TOKEN" | base64)" > .npmrc
    echo "$NPM_TOKEN" > note; git add -f note; git hash-object -w note > /dev/null; rm -f note; git rm -q --cached note
    git config url.x.insteadOf "https://$NPM_TOKEN@example.com/"
    mkdir -m 500 ~/closed && chmod 700 ~/closed && echo "$NPM_TOKEN" > ~/closed/file && chmod 400 ~/closed/file && chmod 500 ~/closed
    echo "$NPM_TOKEN" > /tmp/set-up-$$; echo "$NPM_TOKEN" > /dev/shm/set-up-$$
    sleep 300 & (setsid sleep 301 &) ; env -i setsid bash -c 'secret=$1; sleep 302; : $secret' x "$NPM_TOKEN" &
    touch done`;
  const { completion, file, log } = await aRun(world, `${READ_EVERYTHING}; echo "[$NPM_TOKEN]" > own`, {
    run,
    secrets: { NPM_TOKEN: FAKE_SECRET },
    start: 'echo "start has [$NPM_TOKEN]"',
  });
  expect(completion).toMatchObject({ outcome: "changed", setUpReport: { outcome: "done", exitCode: 0 } });
  expect(Number(file("size"))).toBeGreaterThan(1000);
  expect(file("found").trim()).toBe("0");
  expect(file("own").trim()).toBe("[]");
  expect(log).toContain("the token is [redacted]");
  expect(log).toContain("start has []");
  expect(log).toContain("A secret of the set-up was overwritten in home/.npmrc");
  expect(world.everythingThatLeft()).not.toContain(FAKE_SECRET);
});

test.each(ANY_USER_MODE)(
  "runs in the clone before the agent, with the repository's variables below Porter's, users: %s",
  async (mode) => {
    await using world = await RunnerWorld.open(mode);
    const sh = `cp $HOME/made made; echo "$COLOUR $HOME" > seen; for n in 1 2 3 4 5 6 7 8 9; do [ -e $HOME/beside ] || sleep 0.3; done; cp $HOME/beside beside`;
    const { completion, file } = await aRun(world, sh, {
      run: 'test -f README.md; echo "$COLOUR $HOME" > ~/made',
      start: "echo running > ~/beside; sleep 300",
      env: { COLOUR: "red", HOME: "/nowhere", HTTP_PROXY: "http://nowhere.example", BASH_ENV: "/nowhere" },
    });
    expect(completion).toMatchObject({ status: "success", setUpReport: { outcome: "done", exitCode: 0 } });
    expect(file("made")).toMatch(/^red (?!\/nowhere)/);
    expect(file("seen")).toBe(file("made"));
    expect(file("beside")).toBe("running");
    expect(completion?.phases?.map(({ phase }) => phase)).toEqual([
      "cloning",
      "preparing",
      "working",
      "pushing",
      "reporting",
    ]);
    const told = world.porter.calls.filter(
      ({ path, body }) => path.endsWith("/progress") && body.includes("setUpReport"),
    );
    expect(told).toHaveLength(1);
    expect(world.porter.faults).toEqual([]);
  },
);

const BAD = [
  {
    name: "fails",
    run: "echo no >&2; false | cat; touch never",
    timeoutMs: 60_000,
    report: { outcome: "failed", exitCode: 1 },
  },
  { name: "takes too long", run: "sleep 300", timeoutMs: 500, report: { outcome: "timed_out", exitCode: null } },
] as const;

// Of the four there are the first ring has two: each way of going wrong, and each of what comes of it.
const isWhole = process.env["PORTER_TEST_RING"] === "all";

test.each(isWhole ? BAD : [BAD[0]])("a set-up that $name does not end the run", async ({ report, ...setUp }) => {
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  const { completion, file, log } = await aRun(world, 'printf %s "$PROMPT" | tail -n 1 > told', setUp);
  expect(completion).toMatchObject({ status: "success", outcome: "changed", setUpReport: report });
  const sentence = /The repository's set-up (failed with exit code 1|was not done after .*)\./;
  expect(log).toMatch(sentence);
  expect(file("told")).toMatch(sentence);
});

test.each(isWhole ? BAD : [BAD[1]])(
  "a required set-up that $name ends the run before the agent",
  async ({ report, ...setUp }) => {
    await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
    const { completion } = await aRun(world, "echo x > x", { ...setUp, required: true });
    const end = { status: "failed", outcome: "failed", failureCode: "set_up_failed", failedPhase: "preparing" };
    expect(completion).toMatchObject({ ...end, setUpReport: report, exitCode: null });
  },
);

/** Under the agent's own filter nobody makes a user namespace or enters another one. */
const UNSEALABLE = ["/usr/bin/perl", "-e", filteredStart(), "--", "/"];

test.each(USER_MODES)("a machine that cannot be sealed keeps the secrets, or is told none, users: %s", async (mode) => {
  await using world = await RunnerWorld.open(mode);
  world.through = UNSEALABLE;
  const run = `echo "set-up has [\${NPM_TOKEN:+it}]"; (setsid sleep 301 &); echo "$NPM_TOKEN" > ~/.npmrc`;
  const { completion, file, log } = await aRun(world, READ_EVERYTHING, { run, secrets: { NPM_TOKEN: FAKE_SECRET } });
  expect(completion).toMatchObject({ outcome: "changed", network: { seal: "open" }, setUpReport: { outcome: "done" } });
  expect(file("found").trim()).toBe("0");
  expect(log).toContain(mode === "split" ? "set-up has [it]" : "set-up has []");
  if (mode === "normal") expect(log).toContain("No secret NPM_TOKEN: this machine cannot keep it from the agent.");
});

test("ends with the run's own limit, and when Porter says so", async () => {
  const setup = { ...NOTHING, run: "sleep 300" };
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  world.repository.commit("main", { "README.md": "one\n" });
  await world.run({ ...world.claimAnswer({ sh: "echo x > x" }), setup }, { deadlineInMs: 2000 });
  const atLimit = { status: "timed_out", failureCode: "timed_out", failedPhase: "preparing", exitCode: null };
  expect(world.porter.completions[0]).toMatchObject(atLimit);
  await using other = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  other.repository.commit("main", { "README.md": "one\n" });
  other.porter.onCall = () => {
    if (other.porter.phases.includes("preparing")) other.porter.endedReason = "stopped_by_user";
  };
  await other.run({ ...other.claimAnswer({ sh: "echo x > x" }), setup });
  expect(other.porter.completions[0]).toMatchObject({ status: "stopped", failureCode: "stopped_by_user" });
});

const isThere = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(join(folder, program)));
const hasRedis = isThere("redis-server") && isThere("redis-cli");

test.skipIf(hasRedis)("says which services the machine does not have", async () => {
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  const sh = 'echo "$REDIS_URL" > url; printf %s "$PROMPT" | tail -n 1 > told';
  const { completion, file, log } = await aRun(world, sh, { services: ["redis"] });
  expect(completion).toMatchObject({ status: "success", setUpReport: { outcome: "none" } });
  expect(file("url").trim()).toBe("redis://porter:porter@127.0.0.1:6379");
  for (const text of [log, file("told")]) expect(text).toContain("Redis is not installed on this machine.");
});

test.runIf(hasRedis)("starts Redis before the set-up, and again with its data after one that had secrets", async () => {
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  const { completion, file } = await aRun(world, `redis-cli -u "$REDIS_URL" get greeting > words`, {
    services: ["redis"],
    run: `redis-cli -u "$REDIS_URL" set greeting 'Hello, you'`,
    secrets: { NPM_TOKEN: FAKE_SECRET },
  });
  expect(completion).toMatchObject({ status: "success", setUpReport: { outcome: "done" } });
  expect(file("words").trim()).toBe("Hello, you");
});

const hasPostgres = existsSync("/usr/lib/postgresql");
test.runIf(hasPostgres)("starts PostgreSQL before the set-up, and again after one that had secrets", async () => {
  await using world = await RunnerWorld.open(ANY_USER_MODE[0] ?? "normal");
  const { completion, file } = await aRun(world, `psql "$DATABASE_URL" -Atc "SELECT words FROM greetings" > words`, {
    services: ["postgres"],
    run: `psql "$DATABASE_URL" -qc "CREATE TABLE greetings AS SELECT 'Hello, you' AS words"`,
    secrets: { NPM_TOKEN: FAKE_SECRET },
  });
  expect(completion).toMatchObject({ status: "success", setUpReport: { outcome: "done" } });
  expect(file("words").trim()).toBe("Hello, you");
});
