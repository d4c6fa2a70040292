import type { GitHub } from "@/server/github/port";
import { createFakeGit, type FakeCall } from "./fake-git";
import { createFakeApp } from "./fake-github-app";
import { createFakePeople } from "./fake-github-people";
import { newGitHubState } from "./fake-github-state";
import { createFakeGitHubWeb } from "./fake-github-web";
import { createFakeRepository } from "./fake-repository";
import { type Files, smallSet } from "./small-set";

/**
 * A GitHub with state, at the port. `before` runs ahead of each call and may throw a `GitHubError`; `after` runs
 * when the call has had its effect and may throw as well: executed, answer lost.
 */
export function createFakeGitHub(
  hooks: { before?: (call: string) => void | Promise<void>; after?: (call: string) => void } = {},
) {
  const state = newGitHubState();
  const calls: string[] = [];
  const call: FakeCall = async (name, run) => {
    calls.push(name);
    const held = hooks.before?.(name);
    if (held !== undefined) await held;
    const result = run();
    hooks.after?.(name);
    return result;
  };

  const people = createFakePeople(call);
  const web = createFakeGitHubWeb(people.state);

  const github: GitHub = {
    app: createFakeApp(state, call),
    repository: (ref) => createFakeRepository({ state, ref, call }),
    gitData: () => createFakeGit(state, call),
    user: people.user,
    reader: web.reader,
    oauth: people.oauth,
  };
  return {
    github,
    state,
    calls,
    people,
    web: web.state,
    /** The base has these files. */
    has(files: Files): void {
      const { base, before } = smallSet(files, []);
      for (const [path, entry] of base) {
        state.files.set(path, entry);
        state.contents.set(entry.sha, before.get(path) ?? new Uint8Array());
      }
    },
  };
}
export type FakeGitHub = ReturnType<typeof createFakeGitHub>;
