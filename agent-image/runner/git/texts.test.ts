import { expect, test } from "vitest";
import { cutLine } from "./changes.ts";
import { networkEnv } from "./credentials.ts";
import { rejectionSentence } from "./push.ts";
import { parseRefs } from "./remote.ts";
import { withTrailers } from "./message-texts.ts";

const sha = "0123456789012345678901234567890123456789";

test("reads the default branch and exact refs only", () => {
  const refs = parseRefs(`ref: refs/heads/trunk\tHEAD\n${sha}\tHEAD\n${sha}\trefs/heads/trunk\nwarning: x\n`);
  expect(refs.headBranch).toBe("trunk");
  expect([...refs.shas.keys()]).toEqual(["HEAD", "refs/heads/trunk"]);
  expect(parseRefs("")).toEqual({ headBranch: null, shas: new Map() });
});

test("adds each trailer once, to a block of trailers where there is one", () => {
  const add = (message: string): string =>
    withTrailers(message, ["Co-authored-by: A <a@b.c>", "Porter-Task: t"]).toString();
  expect(add("feat: x")).toBe("feat: x\n\nCo-authored-by: A <a@b.c>\nPorter-Task: t\n");
  expect(add("feat: x\n\nSigned-off-by: B <b@c.d>\n")).toBe(
    "feat: x\n\nSigned-off-by: B <b@c.d>\nCo-authored-by: A <a@b.c>\nPorter-Task: t\n",
  );
  expect(add("x\n\nPorter-Task: t\n")).toBe("x\n\nPorter-Task: t\nCo-authored-by: A <a@b.c>\n");
  expect(add(add("x"))).toBe(add("x"));
  expect(withTrailers("x", ["A: b\nC: d"]).toString()).toBe("x\n\nA: b C: d\n");
  expect(withTrailers("naïve ✓", ["A: ü"]).toString()).toBe("naïve ✓\n\nA: ü\n");
});

test("makes a title of the first line that has words", () => {
  expect(cutLine("\n\n## **Fixed** the `thing`\nmore", 70)).toBe("Fixed the `thing`");
  expect(cutLine("---\n***\n", 70)).toBeNull();
  expect(cutLine("a\u202eb\u0007c", 70)).toBe("a b c");
  const long = cutLine("word ".repeat(40), 70);
  expect(long).toHaveLength(70);
  expect(long?.endsWith("…")).toBe(true);
});

test("says why a push was refused, and nothing when another try may help", () => {
  expect(rejectionSentence("! [rejected] x -> y (stale info)", "y")).toMatch(/somebody else/);
  expect(rejectionSentence("remote: error: GH006: Protected branch update failed", "y")).toMatch(/protected/);
  expect(
    rejectionSentence(
      "refusing to allow a GitHub App to create or update workflow `x` without `workflows` permission",
      "y",
    ),
  ).toMatch(/workflow/);
  expect(rejectionSentence("! [remote rejected] a -> b (pre-receive hook declined)", "b")).toMatch(/pre-receive hook/);
  expect(rejectionSentence("fatal: unable to access: Could not resolve host", "y")).toBeNull();
  expect(rejectionSentence("error: RPC failed; HTTP 502", "y")).toBeNull();
});

test("answers one origin with the token and keeps it out of names and URLs", () => {
  const env = networkEnv({ url: "https://github.com/o/r.git", token: "fake-canary" });
  expect(env["GIT_CONFIG_KEY_1"]).toBe("credential.https://github.com.helper");
  expect(env["GIT_ALLOW_PROTOCOL"]).toBe("https");
  const holders = Object.entries(env).filter(([, value]) => value.includes("fake-canary"));
  expect(holders.map(([name]) => name)).toEqual(["PORTER_GIT_TOKEN"]);
  expect(networkEnv({ url: "http://127.0.0.1:3/o/r.git", token: "x" })["GIT_ALLOW_PROTOCOL"]).toBe("http");
});
