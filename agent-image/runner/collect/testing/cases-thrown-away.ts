import { BASE, COMMIT, MORE, type Ungrouped } from "./case.ts";

export const THROWN: Ungrouped[] = [
  {
    name: "a new repository inside, without a commit",
    agent: "mkdir app; cd app; git init -q; echo 1 > f; mkdir lib; echo 2 > lib/g",
    makes: ["A 100644 app/f", "A 100644 app/lib/g"],
  },
  {
    name: "a new repository inside, with its ignore file",
    agent:
      "mkdir app; cd app; git init -q; echo 1 > f; printf 'tmp/\\n' > .gitignore; mkdir tmp; echo t > tmp/t; git add -A; git -c user.name=A -c user.email=a@example.com commit -qm in",
    makes: ["A 100644 app/.gitignore", "A 100644 app/f"],
  },
  {
    name: "a new repository inside, committed as a link",
    agent:
      "mkdir app; (cd app; git init -q; echo 1 > f; git add -A; git -c user.name=A -c user.email=a@example.com commit -qm in); git add -A 2>/dev/null; git commit -qm app",
    makes: ["A 100644 app/f"],
  },
  {
    name: "a new repository in a folder that git has",
    agent:
      "cd src; git init -q; echo n > n; echo y >> x; git add -A; git -c user.name=A -c user.email=a@example.com commit -qm in",
    makes: ["A 100644 src/n", "M 100644 src/x"],
  },
  {
    name: "repositories in a repository inside",
    agent: "mkdir -p app/deep; cd app; git init -q; echo 1 > f; cd deep; git init -q; echo 2 > g",
    makes: ["A 100644 app/deep/g", "A 100644 app/f"],
  },
  {
    name: "a file that nobody may read",
    agent: "echo more >> a; echo s > s; chmod 000 s docs/d",
    makes: [MORE],
    heldBack: ["docs/d: unreadable", "s: unreadable"],
  },
  {
    name: "a folder that nobody may read",
    agent: "echo more >> a; mkdir s; echo s > s/s; chmod 000 s",
    makes: [MORE],
    heldBack: ["s/: unreadable"],
  },
  {
    name: "a folder that nobody may enter, in the place of a file",
    agent: "echo more >> a; rm run.sh; mkdir run.sh; echo s > run.sh/s; chmod 600 run.sh",
    makes: [MORE],
    heldBack: ["run.sh/: unreadable"],
  },
  {
    name: "a file of 21 MB",
    agent: "echo more >> a; head -c 22020096 /dev/zero > big.bin",
    makes: [MORE],
    heldBack: ["big.bin: too_large"],
  },
  {
    name: "a file of 21 MB, committed",
    agent: "echo more >> a; head -c 22020096 /dev/zero > big.bin; git add -A; git commit -qm big",
    makes: [MORE],
    heldBack: ["big.bin: too_large"],
  },
  {
    name: "a file of 21 MB, committed and taken out again",
    agent:
      "echo more >> a; head -c 22020096 /dev/zero > big.bin; git add -A; git commit -qm big; git rm -q big.bin; git commit -qm small",
    makes: [MORE],
    subjects: ["big"],
  },
  {
    name: "a pipe and a socket",
    agent: "echo more >> a; mkfifo p; rm docs/d; mkfifo docs/d",
    makes: [MORE],
    heldBack: ["docs/d: not_a_file", "p: not_a_file"],
  },
  {
    name: "a name that is no UTF-8",
    agent: `echo more >> a; printf x > "$(printf 'gr\\374n')"`,
    makes: [MORE],
    heldBack: ["gr\ufffdn: name"],
  },
  {
    name: "a name that is no UTF-8, committed",
    agent: `echo more >> a; printf x > "$(printf 'gr\\374n')"; git add -A; git commit -qm name`,
    makes: [MORE],
    heldBack: ["gr\ufffdn: name"],
  },
  {
    name: "an encoding that a file does not keep",
    base: `${BASE}; printf '*.u working-tree-encoding=UTF-16\\n' > .gitattributes`,
    agent: "echo more >> a; printf 'abc' > odd.u",
    makes: [MORE],
    heldBack: ["odd.u: refused_by_git"],
  },
  {
    name: "history that was rewritten",
    agent: "echo more >> a; git commit -q --amend -am new",
    makes: [MORE],
    notes: ["squashed"],
  },
  {
    name: "another history beside the work",
    agent: `${COMMIT}; git checkout -q --orphan pages; git rm -rqf .; seq 99 > index; git add index; git commit -qm pages; git checkout -q porter/abc`,
    makes: [MORE],
    notes: ["unrelated_line"],
  },
];
