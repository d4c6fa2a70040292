import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELDS, PORTER_KEYS } from "./fields.ts";
import { findSetUp, NO_SET_UP } from "./find.ts";
import { readPorterFile } from "./porter-file.ts";
import { problemSentence } from "./problem.ts";
import { writePorterFile } from "./write-porter-file.ts";

const code = (text: string) => `\`${text}\``;
const told = (text: string) => readPorterFile(text).problems.map((problem) => problemSentence(problem, code));

const WHOLE = `
setup: {run: npm ci, required: true, timeout: 7}
start: npm run db:start
services: [postgres, redis]
env: { NODE_ENV: test, LEVEL: 3, DEBUG: false }
secrets: [NPM_TOKEN]
image: slim
machine: { cpus: 4, memory: 8192 }
timeout: 20
agent: claude
model: opus
budget: 2
verify: npm test
tests: ["spec/**"]
network: [registries, "*.example.com"]
`;
const READ = {
  setup: { run: "npm ci", required: true, timeout: 7 },
  start: "npm run db:start",
  services: ["postgres", "redis"],
  env: { NODE_ENV: "test", LEVEL: "3", DEBUG: "false" },
  secrets: ["NPM_TOKEN"],
  image: "slim",
  machine: { cpus: 4, memory: 8192 },
  timeout: 20,
  agent: "claude",
  model: "opus",
  budget: 2,
  verify: "npm test",
  tests: ["spec/**"],
  network: { preset: "registries", names: ["*.example.com"] },
};

describe("a repository's own file", () => {
  it("says everything that there is a key for", () => {
    expect(readPorterFile(WHOLE)).toEqual({ file: READ, problems: [] });
    expect(Object.keys(READ).toSorted()).toEqual([...PORTER_KEYS].toSorted());
  });

  it("takes a command for the whole of a set-up", () => {
    expect(readPorterFile("setup: npm ci").file.setup).toEqual({ run: "npm ci", required: false, timeout: 5 });
  });

  it.each(PORTER_KEYS)("goes on without %s where it has the wrong form, and tells it once", (key) => {
    const wrong =
      key === "setup" || key === "machine" || key === "env" ? "[1]" : key === "timeout" ? "soon" : "{ a: 1 }";
    const lines = WHOLE.trim().split("\n");
    const at = lines.findIndex((line) => line.startsWith(`${key}:`));
    lines[at] = `${key}: ${wrong}`;
    const { file, problems } = readPorterFile(lines.join("\n"));
    const { [key]: _, ...rest } = READ;
    expect(file).toEqual(rest);
    expect(problems).toEqual([expect.objectContaining({ is: "wrong", key, line: at + 1, field: key })]);
    expect(told(lines.join("\n"))[0]).toContain(FIELDS[key].example);
  });

  it.each([
    ["tiemout: 5", "`.porter.yml`, line 1: there is no key `tiemout`; write `timeout`."],
    ["Setup: npm ci", "`.porter.yml`, line 1: there is no key `Setup`; write `setup`."],
    ["image: full\nflavour: sweet", "`.porter.yml`, line 2: there is no key `flavour`; remove it."],
    ["setup:\n  run: npm ci\n  tineout: 3", "`.porter.yml`, line 3: there is no key `setup.tineout`; write `timeout`."],
    [
      "setup:\n  run: npm ci\n  timeout: 600",
      "`.porter.yml`, line 3: `setup.timeout` must be whole minutes from 1 to 60; write it as in `timeout: 5`.",
    ],
    [
      "timeout: 1h",
      "`.porter.yml`, line 1: `timeout` must be whole minutes from 1 to 90; write it as in `timeout: 20`.",
    ],
    [
      "env:\n  ANTHROPIC_BASE_URL: http://x",
      "`.porter.yml`, line 2: `env.ANTHROPIC_BASE_URL` is set by Porter itself; use another name.",
    ],
    ["secrets: [PATH]", "`.porter.yml`, line 1: `secrets` is set by Porter itself; use another name."],
    ["- npm ci", "`.porter.yml`, line 1: it has no keys; write them as in `setup: npm ci`. Nothing of it counts."],
    ["env: {\n", "`.porter.yml`, line 2: it cannot be read from here on; correct this line. Nothing of it counts."],
    [
      "image: full\nimage: slim",
      "`.porter.yml`, line 2: `image` stands here a second time; keep one of the two. Neither counts.",
    ],
    [
      "env:\n  A: 1\n  B: 2\n  A: 3",
      "`.porter.yml`, line 4: `env.A` stands here a second time; keep one of the two. Neither counts.",
    ],
    [
      "setup: make\n---\nsetup: make",
      "`.porter.yml`, line 2: it cannot be read from here on; correct this line. Nothing of it counts.",
    ],
    [
      "services: [mysql, kafka]",
      "`.porter.yml`, line 1: `services` must be a list of postgres and redis; write it as in `services: [postgres, redis]`.",
    ],
    [
      "env:\n  A: [1]",
      "`.porter.yml`, line 2: `env.A` must be a name of letters, digits and _ with a text of at most 4,000 characters, a number, true or false; write it as in `NODE_ENV: test`.",
    ],
    [`# ${"x".repeat(70_000)}`, "`.porter.yml`: it is longer than 64 kB; make it shorter. Nothing of it counts."],
  ])("tells what is wrong with %j in one sentence", (text, sentence) => {
    expect(told(text)).toEqual([sentence]);
  });

  it.each([
    ["3.10", "3.10"],
    ["1e3", "1e3"],
    ["0x1F", "0x1F"],
    ["010", "010"],
    ["1.0", "1.0"],
    ["12345678901234567890", "12345678901234567890"],
    [".inf", ".inf"],
    ["2026-11-30", "2026-11-30"],
    ["20", "20"],
    ["-1.5", "-1.5"],
    ["no", "no"],
    ["true", "true"],
  ])("gives a variable the value that is written: %s", (written, value) => {
    expect(readPorterFile(`env: { A: ${written} }`)).toEqual({ file: { env: { A: value } }, problems: [] });
    expect(readPorterFile(`env: &all\n  A: &it ${written}\n  B: *it`).file.env).toEqual({ A: value, B: value });
  });

  it.each(["\uFEFF", "---\n", "# A comment\n\n", "%YAML 1.2\n---\n"])("may begin with %j", (beginning) => {
    expect(readPorterFile(beginning + WHOLE.trimStart())).toEqual({ file: READ, problems: [] });
  });

  it("may have line ends as on Windows", () => {
    expect(readPorterFile(WHOLE.replaceAll("\n", "\r\n"))).toEqual({ file: READ, problems: [] });
    expect(readPorterFile("setup: |\r\n  npm ci\r\n  npm test\r\n").file.setup?.run).toBe("npm ci\nnpm test\n");
  });

  it("goes on without a key that stands in it twice, and with the rest", () => {
    const { file } = readPorterFile("setup: { run: make, timeout: 1, timeout: 2 }\nimage: full\nstart: a\nimage: slim");
    expect(file).toEqual({ setup: { run: "make", required: false, timeout: 5 }, start: "a" });
  });

  it("starts a service once, and hands a secret out once", () => {
    const { file } = readPorterFile("services: [redis, redis]\nsecrets: [A, B, A]");
    expect(file).toEqual({ services: ["redis"], secrets: ["A", "B"] });
  });

  it("leaves out an item of a list, and what a secret stands in, and keeps the rest", () => {
    const fake = ["ghp", "_", "FakeFakeFakeFakeFakeFake0123"].join("");
    const { file, problems } = readPorterFile(
      `services: [redis, mysql]\nnetwork: [none, "not a host"]\nenv: { TOKEN: ${fake}, CI: "1" }\nsetup: { run: make, retries: 3 }`,
    );
    expect(file).toEqual({
      services: ["redis"],
      network: { preset: "none", names: [] },
      env: { CI: "1" },
      setup: { run: "make", required: false, timeout: 5 },
    });
    expect(problems.map(({ is, key }) => `${is} ${key}`)).toEqual([
      "wrong services",
      "wrong network",
      "secret_value env.TOKEN",
      "unknown_key setup.retries",
    ]);
    expect(JSON.stringify(problems)).not.toContain(fake);
  });

  it("is not unfolded by its aliases", () => {
    const bomb = [
      "a: &a [x, x]",
      ...["b", "c", "d", "e", "f", "g", "h"].map((name, at) => `${name}: &${name} [${`*${"abcdefg"[at]},`.repeat(9)}]`),
    ];
    expect(readPorterFile(bomb.join("\n"))).toMatchObject({ file: {}, problems: [{ is: "too_many_aliases" }] });
    expect(readPorterFile("setup: &step { run: make }\nverify: *nothing").problems).toMatchObject([{ is: "syntax" }]);
    expect(readPorterFile(`env: ${"[".repeat(30_000)}`).problems).toMatchObject([{ is: "syntax" }]);
  });

  it("has at most twenty problems, and none that takes long to read", () => {
    const many = Array.from({ length: 3000 }, (_, at) => `key${at}: 1`).join("\n");
    expect(readPorterFile(many).problems).toHaveLength(20);
  });

  it("is read without failing whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `setup: ${text}`),
          fc.json(),
        ),
        (text) => {
          const { problems } = readPorterFile(text);
          expect(problems.length).toBeLessThanOrEqual(20);
        },
      ),
    );
  });

  it("is written so that it says the same again", () => {
    const command = fc
      .string({ minLength: 1 })
      .filter((text) => text.trim() !== "" && !/[\0\r\u2028\u2029\u0085\uFEFF]/u.test(text));
    fc.assert(
      fc.property(command, fc.boolean(), fc.option(command), (run, required, start) => {
        const setUp = { ...NO_SET_UP, from: [".porter.yml"], run, required, start };
        const files = { top: new Set<string>(), texts: new Map([[".porter.yml" as const, writePorterFile(setUp)]]) };
        expect(findSetUp(files).setUp).toEqual(setUp);
      }),
    );
  });
});
