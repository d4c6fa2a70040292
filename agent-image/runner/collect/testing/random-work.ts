import fc from "fast-check";

/** A command of the agent's, and the paths that it may change. */
export type ShellCommand = { sh: string; touches: readonly string[] };

const PATHS = [
  "a",
  "src/x",
  "src/y",
  "docs/d",
  "run.sh",
  "sp ace",
  "größe",
  "deep/er/f",
  "crlf.bat",
  "id.txt",
  "new",
  "out.log",
  "dist/o",
  ".env",
];
const BRANCHES = ["one", "two", "three"];
const anyPath = fc.constantFrom(...PATHS);
const anyBranch = fc.constantFrom(...BRANCHES);
const content = fc.constantFrom("1", "22", "two\\nlines", "with\\r\\ncrlf", "\\0binary", "");

const quoted = (path: string): string => `'${path}'`;
const folderOf = (path: string): string => quoted(path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
const write = (path: string, text: string, how: ">" | ">>"): string =>
  `mkdir -p ${folderOf(path)} && printf '${text} %s\\n' $n ${how} ${quoted(path)}`;

const onFiles = fc.oneof(
  fc
    .tuple(anyPath, content, fc.constantFrom<(">" | ">>")[]>(">", ">>"))
    .map(([path, text, how]) => ({ sh: write(path, text, how), touches: [path] })),
  anyPath.map((path) => ({ sh: `rm -rf ${quoted(path)}`, touches: [path] })),
  anyPath.map((path) => ({
    sh: `rm -rf ${quoted(path)} && mkdir -p ${quoted(path)} && echo $n > ${quoted(`${path}/in`)}`,
    touches: [path],
  })),
  fc
    .tuple(anyPath, fc.constantFrom("+x", "-x"))
    .map(([path, mode]) => ({ sh: `chmod ${mode} ${quoted(path)}`, touches: [path] })),
  anyPath.map((path) => ({ sh: `mkdir -p ${folderOf(path)} && ln -sfn /nowhere/$n ${quoted(path)}`, touches: [path] })),
  fc
    .tuple(anyPath, anyPath)
    .map(([from, to]) => ({ sh: `mkdir -p ${folderOf(to)} && mv ${quoted(from)} ${quoted(to)}`, touches: [from, to] })),
  fc.constant({ sh: "find . -path ./.git -prune -o -type f -exec touch {} +", touches: [] }),
  fc.constant({ sh: "echo new >> .gitignore", touches: [".gitignore"] }),
);

const onIndex = fc.oneof(
  fc
    .tuple(anyPath, fc.constantFrom("", "-N", "-f"))
    .map(([path, option]) => ({ sh: `git add ${option} -- ${quoted(path)}`, touches: [path] })),
  fc.constant({ sh: "git add -A", touches: [] }),
  fc.constant({ sh: "git commit -qam all-$n", touches: [] }),
  fc.constant({ sh: "git add -A; git commit -qm everything-$n", touches: [] }),
  fc.constant({ sh: "git commit -qm staged-$n", touches: [] }),
  anyPath.map((path) => ({ sh: `git rm -qrf -- ${quoted(path)}`, touches: [path] })),
  fc.tuple(anyPath, anyPath).map(([from, to]) => ({
    sh: `mkdir -p ${folderOf(to)} && git mv -f ${quoted(from)} ${quoted(to)}`,
    touches: [from, to],
  })),
  anyPath.map((path) => ({ sh: `git checkout -q -- ${quoted(path)}`, touches: [path] })),
  anyPath.map((path) => ({ sh: `git update-index --assume-unchanged -- ${quoted(path)}`, touches: [] })),
  fc.constant({ sh: "git sparse-checkout set src", touches: [] }),
  fc.constant({ sh: "git sparse-checkout disable", touches: [] }),
  fc.constant({ sh: "git reset -q", touches: [] }),
  fc.constant({ sh: "test $(git rev-parse HEAD) != $base && git reset -q --soft HEAD~1", touches: [] }),
);

const onLines = fc.oneof(
  anyBranch.map((branch) => ({ sh: `git checkout -qb ${branch}`, touches: [] })),
  anyBranch.map((branch) => ({ sh: `git checkout -q ${branch}`, touches: [] })),
  fc.constant({ sh: "git checkout -q --detach", touches: [] }),
  fc.constant({ sh: "git checkout -q -", touches: [] }),
  fc.constant({ sh: "git stash -q", touches: [] }),
  fc.constant({ sh: "git stash -q -u", touches: [] }),
  fc.constant({ sh: "git stash pop -q", touches: [] }),
  anyBranch.map((branch) => ({ sh: `git merge -q --no-edit ${branch}`, touches: [] })),
  anyBranch.map((branch) => ({ sh: `git rebase -q ${branch}`, touches: [] })),
  anyBranch.map((branch) => ({ sh: `git cherry-pick ${branch}`, touches: [] })),
  anyBranch.map((branch) => ({ sh: `git tag ${branch}-tag ${branch}`, touches: [] })),
  fc.constant({ sh: "git pack-refs --all; git gc -q", touches: [] }),
  fc.tuple(anyPath, fc.boolean(), fc.boolean()).map(([path, isInside, isCommitted]) => ({
    sh: `wt=${isInside ? '"$PWD"' : '"$HOME"'}/wt$n; git worktree add -q "$wt" && cd "$wt" && ${write(path, "wt", ">>")}${isCommitted ? `; git add -A; git commit -qm wt-$n` : ""}`,
    touches: [path],
  })),
  fc.tuple(anyPath, fc.boolean()).map(([path, isCommitted]) => ({
    sh: `mkdir nested$n && cd nested$n && git init -q && ${write(path, "in", ">")}${isCommitted ? `; git add -A; git -c user.name=A -c user.email=a@example.com commit -qm nested` : ""}`,
    touches: ["nested"],
  })),
  fc.constant({
    sh: `printf '[submodule "lib"]\\n\\tpath = lib\\n\\turl = https://example.com/lib\\n' > .gitmodules; mkdir -p lib; git update-index --add --cacheinfo 160000,$base,lib`,
    touches: [".gitmodules", "lib"],
  }),
);

/** What an agent may do: mostly to files, then to the index, then to lines of work. */
export const randomWork: fc.Arbitrary<ShellCommand[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: onFiles }, { weight: 3, arbitrary: onIndex }, { weight: 2, arbitrary: onLines }),
  { minLength: 3, maxLength: 14 },
);

export const randomBase: fc.Arbitrary<string> = fc
  .subarray(["*.bat text eol=crlf", "*.txt ident", "* text=auto", "*.sh text eol=lf"])
  .map((rules) => {
    const attributes = rules.length === 0 ? "" : `printf '%s\\n' ${rules.map(quoted).join(" ")} > .gitattributes`;
    return `mkdir -p src docs deep/er; echo a > a; seq 20 > src/x; echo d > docs/d; echo f > deep/er/f; printf '#!/bin/sh\\n' > run.sh
      printf 'a\\r\\nb\\r\\n' > crlf.bat; printf '$Id: old $\\n' > id.txt; printf '*.log\\ndist/\\n' > .gitignore
      touch -d yesterday crlf.bat id.txt; git add -A; git commit -qm first; ${attributes}`;
  });
