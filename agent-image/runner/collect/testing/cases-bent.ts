import { BASE, COMMIT, MORE, type Ungrouped } from "./case.ts";

export const BENT: Ungrouped[] = [
  {
    name: "a work tree inside, committed",
    agent: `git worktree add -q .worktrees/fix -b fix; cd .worktrees/fix; ${COMMIT}`,
    makes: [MORE],
    notes: ["taken_from"],
  },
  {
    name: "a work tree inside, added by add --all",
    agent: `git worktree add -q .worktrees/fix -b fix; (cd .worktrees/fix; ${COMMIT}); git add -A 2>/dev/null; git commit -qm oops`,
    makes: [MORE],
    notes: ["taken_from"],
  },
  { name: "sparse checkout, nothing done", agent: "git sparse-checkout set src", makes: [] },
  {
    name: "sparse checkout, then work",
    agent: "git sparse-checkout set src; echo y >> src/x; git commit -qam work",
    makes: ["M 100644 src/x"],
  },
  {
    name: "sparse index",
    agent: "git sparse-checkout set --sparse-index src; echo y >> src/x",
    makes: ["M 100644 src/x"],
  },
  {
    name: "CRLF files that git would rewrite, nothing done",
    base: `${BASE}; for n in 1 2 3; do printf 'a\\r\\nb\\r\\n' > $n.bat; done; touch -d yesterday *.bat; git add -A; git commit -qm crlf; printf '*.bat text eol=crlf\\n' > .gitattributes; git add .gitattributes`,
    agent: "touch *.bat",
    makes: [],
  },
  {
    name: "CRLF files that git would rewrite, and work",
    base: `${BASE}; for n in 1 2 3; do printf 'a\\r\\nb\\r\\n' > $n.bat; done; touch -d yesterday *.bat; git add -A; git commit -qm crlf; printf '*.bat text eol=crlf\\n' > .gitattributes; git add .gitattributes`,
    agent: "touch *.bat; echo more >> a; git add -A; git commit -qm work",
    makes: [MORE],
    notes: ["rewritten_by_git"],
    subjects: ["work"],
  },
  {
    name: "keywords that git expands",
    base: `${BASE}; printf '$Id: old $\\n' > id; touch -d yesterday id; git add -A; git commit -qm id; printf 'id ident\\n' > .gitattributes; git add .gitattributes`,
    agent: "touch id; echo more >> a",
    makes: [MORE],
  },
  {
    name: "a file taken out of git that stays",
    base: `${BASE}; echo A=1 > .env`,
    agent: "git rm -q --cached .env",
    makes: ["D 000000 .env"],
  },
  {
    name: "the same, and the file is ignored then",
    base: `${BASE}; echo A=1 > .env`,
    agent: "git rm -q --cached .env; echo .env >> .gitignore",
    makes: ["D 000000 .env", "M 100644 .gitignore"],
  },
  { name: "a plain file taken out of git", agent: "git rm -q --cached docs/d", makes: ["D 000000 docs/d"] },
  {
    name: "assume unchanged",
    agent: "git update-index --assume-unchanged a; echo more >> a; echo n > n",
    makes: ["A 100644 n"],
  },
  {
    name: "a folder that becomes a link, a file that becomes a folder",
    agent: "rm -r src; ln -s docs src; rm a; mkdir a; echo i > a/i",
    makes: ["D 000000 a", "A 100644 a/i", "A 120000 src", "D 000000 src/x"],
  },
  {
    name: "names with quotes, spaces, line ends and letters of the world",
    agent: `printf x > 'q"\\b'; printf x > ' s '; printf x > "größe-日本"; printf x > "$(printf 'l\\ne')"`,
    makes: ["A 100644  s ", "A 100644 größe-日本", "A 100644 l\ne", 'A 100644 q"\\b'],
  },
  {
    name: "looking at an old commit",
    base: `${BASE}; git add -A; git commit -qm old; echo later > later`,
    agent: "git checkout -q HEAD~1",
    makes: [],
  },
  {
    name: "a submodule that .gitmodules names",
    agent: `git clone -q . "$HOME/lib"; mkdir lib; git -C "$HOME/lib" log -1 --format=%H > /dev/null; cp -r "$HOME/lib" .; printf '[submodule "lib"]\\n\\tpath = lib\\n\\turl = https://example.com/lib\\n' > .gitmodules; rm -r lib/.git; sha=$(git rev-parse HEAD); rm -rf lib; mkdir lib; git update-index --add --cacheinfo 160000,$sha,lib`,
    makes: ["A 100644 .gitmodules", "A 160000 lib"],
  },
];

export const PLAIN: Ungrouped[] = [
  { name: "nothing", agent: "true", makes: [] },
  {
    name: "every kind of entry",
    agent:
      "echo more >> a; git rm -q docs/d; ln -s a link; printf '\\000\\001' > bin; printf '\\357\\273\\277b\\r\\n' > bom; : > empty; git mv src/x src/y; chmod +x run.sh",
    makes: [
      MORE,
      "A 100644 bin",
      "A 100644 bom",
      "D 000000 docs/d",
      "A 100644 empty",
      "A 120000 link",
      "M 100755 run.sh",
      "D 000000 src/x",
      "A 100644 src/y",
    ],
  },
  {
    name: "commits, a merge and what is left over",
    agent: `${COMMIT}; git checkout -qb side HEAD~1; echo s > s; git add s; git commit -qm side; git checkout -q -; git merge -q --no-edit side; echo o > o`,
    makes: [MORE, "A 100644 o", "A 100644 s"],
    subjects: ["work", "side", "Merge branch 'side' into porter/abc", "left over"],
  },
];
