import { BASE, MORE, type Ungrouped } from "./case.ts";

const KEY =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n-----END OPENSSH PRIVATE KEY-----";

export const SILENT: Ungrouped[] = [
  {
    name: "LFS content as it is",
    base: `${BASE}; printf '*.psd filter=lfs diff=lfs merge=lfs -text\\n' > .gitattributes`,
    agent: "echo more >> a; head -c 5000 /dev/zero > x.psd; git add x.psd; git commit -qm psd",
    makes: [MORE],
    heldBack: ["x.psd: lfs"],
  },
  {
    name: "LFS pointer without its content",
    base: `${BASE}; printf '*.psd filter=lfs diff=lfs merge=lfs -text\\n' > .gitattributes`,
    agent: `echo more >> a; printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:${"a".repeat(64)}\\nsize 5\\n' > x.psd`,
    makes: [MORE],
    heldBack: ["x.psd: lfs"],
  },
  {
    name: "LFS that the agent sets up",
    agent: "echo more >> a; printf '*.psd filter=lfs diff=lfs merge=lfs -text\\n' > .gitattributes; echo p > x.psd",
    makes: ["A 100644 .gitattributes", MORE],
    heldBack: ["x.psd: lfs"],
  },
  {
    name: "an encrypted file, in clear",
    base: `${BASE}; printf 'secret/** filter=git-crypt diff=git-crypt\\n' > .gitattributes; mkdir secret; printf '\\000GITCRYPT\\000x' > secret/s`,
    agent: "echo more >> a; echo clear > secret/s; echo clear > secret/n",
    makes: [MORE],
    heldBack: ["secret/n: filter", "secret/s: filter"],
  },
  {
    name: ".env files",
    agent: "echo more >> a; echo P=1 > .env; echo P=1 > src/.env.local; echo P= > .env.example",
    makes: ["A 100644 .env.example", MORE],
    heldBack: [".env: env_file", "src/.env.local: env_file"],
  },
  {
    name: ".env, committed",
    agent: "echo more >> a; echo P=1 > .env; git add -A; git commit -qm env",
    makes: [MORE],
    heldBack: [".env: env_file"],
  },
  { name: ".env of the base", base: `${BASE}; echo P=1 > .env`, agent: "echo P=2 > .env", makes: ["M 100644 .env"] },
  {
    name: "a private key",
    agent: `echo more >> a; echo "${KEY}" > deploy; echo "say -----BEGIN PRIVATE KEY----- here" > about`,
    makes: [MORE, "A 100644 about"],
    heldBack: ["deploy: private_key"],
  },
  {
    name: "build artefacts",
    agent:
      "echo more >> a; mkdir out target; for n in $(seq 36); do echo $n > target/$n; done; mkdir -p node_modules/x .venv; echo > node_modules/x/i; echo > .venv/i",
    makes: [MORE],
    heldBack: [".venv/: artefacts", "node_modules/: artefacts", "target/: artefacts"],
  },
  {
    name: "build artefacts, committed",
    agent:
      "echo more >> a; mkdir target; for n in $(seq 36); do echo $n > target/$n; done; git add -A; git commit -qm all",
    makes: [MORE],
    heldBack: ["target/: artefacts"],
  },
  {
    name: "a folder of that name that the base has",
    base: `${BASE}; mkdir target; echo > target/a`,
    agent: "echo > target/b",
    makes: ["A 100644 target/b"],
  },
  {
    name: "a package of that name among sources",
    agent: "mkdir -p src/target; echo > src/target/b",
    makes: ["A 100644 src/target/b"],
  },
  {
    name: "what editors and tools leave",
    agent: "echo more >> a; touch .DS_Store a.orig src/x~; mkdir src/__pycache__; touch src/__pycache__/x.pyc",
    makes: [MORE],
    heldBack: [".DS_Store: leftover", "a.orig: leftover", "src/__pycache__/: artefacts", "src/x~: leftover"],
  },
  {
    name: "conflict markers of a stopped rebase",
    agent: `git checkout -qb one; echo mine > a; git commit -qam mine; git checkout -qb two HEAD~1; echo theirs > a; git commit -qam theirs; git rebase one || true`,
    makes: [MORE],
    notes: ["in_the_middle", "other_line", "conflict_markers"],
  },
  {
    name: "a stopped merge",
    agent: `git checkout -qb one; echo mine > a; git commit -qam mine; git checkout -qb two HEAD~1; echo theirs > a; git commit -qam theirs; git merge -q one || true`,
    makes: [MORE],
    notes: ["in_the_middle", "other_line", "conflict_markers"],
  },
  {
    name: "markers that were there before",
    base: `${BASE}; printf '<<<<<<< x\\n=======\\n>>>>>>> y\\n' > m`,
    agent: "echo more >> m",
    makes: ["M 100644 m"],
  },
  {
    name: "the run's own secret",
    agent: `echo more >> a; echo OWN_SECRET > key; git add -A; git commit -qm key; git rm -q key; git commit -qm gone; echo x > OWN_SECRET`,
    makes: [MORE],
    heldBack: ["OWN_SECRET: own_secret"],
  },
  {
    name: "workflows",
    base: `${BASE}; mkdir -p .github/workflows; echo on > .github/workflows/ci.yml`,
    agent:
      "echo more >> a; echo off > .github/workflows/ci.yml; echo new > .github/workflows/new.yml; mkdir -p .github/actions/x; echo x > .github/actions/x/action.yml; echo x > .github/dependabot.yml; echo x > .github/other.yml",
    makes: [MORE, "A 100644 .github/other.yml"],
    heldBack: [
      ".github/workflows/ci.yml: workflow",
      ".github/workflows/new.yml: workflow",
      ".github/actions/x/action.yml: workflow",
      ".github/dependabot.yml: workflow",
    ],
  },
  {
    name: "code that uses an ignored file",
    agent: `mkdir dist; echo > dist/gen.js; echo 'import "../dist/gen.js";' > src/use.js; echo > made.log; echo 'open("./made.log")' > src/../read.py`,
    makes: ["A 100644 read.py", "A 100644 src/use.js"],
    notes: ["imports_ignored"],
  },
];
