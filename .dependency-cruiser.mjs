// "Who may import whom": each rule is a row of the layer table in AGENTS.md. The parser is swc, because under
// TypeScript 7 dependency-cruiser's own parser reads nothing and passes silently; scripts/checks/imports.ts also
// demands that every source file was read, imports included.
import visitors from "@swc/core/Visitor.js";

// swc parses `using x = …`, but its Visitor, which dependency-cruiser walks the tree with, does not know the statement.
// To the Visitor it is a declaration like any other.
const { Visitor } = visitors;
const visitStatement = Visitor.prototype.visitStatement;
Visitor.prototype.visitStatement = function visitAnyStatement(statement) {
  if (statement.type !== "UsingDeclaration") return visitStatement.call(this, statement);
  return this.visitVariableDeclaration({ ...statement, declarations: statement.decls });
};

// From the lowest: none of them knows of one above it, not even a type. What several of them need is the lowest's, and a
// verb over several of them is the highest's.
const RANKS = ["identity", "secrets", "settings", "repositories", "mentions", "tasks"];
const NOUNS = RANKS.join("|");
const OUTBOUND = "db|github|machines|providers|logs";
const TEST = "\\.test\\.tsx?$|^server/testing/";
const PURE = [
  "^server/(replies|prompts|change-sets)/",
  "^server/tasks/(transitions|owed|times|reconcile/decide)(/|\\.ts$)",
  "^server/repositories/policy(/|\\.ts$)",
  "^server/tasks/admission/starts(/|\\.ts$)",
];
// Ports hold the contract of an outside (its types and its error class) and no SDK.
const PORTS = "^server/(github|machines|providers)/port\\.ts$";
// Schemas of what GitHub sends: facts about an outside that the edge parses, no client.
const PAYLOADS = "^server/github/webhook-payloads\\.ts$";
// What a context is; the one room that builds it.
const CONTEXT = "^server/context\\.ts$";
const COMPOSITION = "^server/composition/";
// What the Worker is entered by: both doors of the hot paths, queues, clock, start-up check.
const ENTRY = "^server/entry/";
// The verb over all nouns: what is due.
const RECONCILE = "^server/reconcile/";
const SHARED = "^server/((errors|ids|log)\\.ts$|crypto/)";
const SELF = "^server/$1/";

/** Packages as a pattern over the resolved path. */
const packages = (...names) => names.map((name) => `(^|/)node_modules/${name}/`);
const ANY_PACKAGE = ["(^|/)node_modules/"];

/**
 * A row of the table: files at `from` (tests excepted) import `allowed`, what is in `types` by `import type` only, the
 * packages in `npm`, and nothing else. `$1` is what the first group of `from` matched.
 */
function row(name, comment, { from, fromNot = [], allowed, types = [], npm = ANY_PACKAGE }) {
  const source = { path: from, pathNot: [TEST, ...fromNot] };
  const closed = {
    name,
    comment,
    severity: "error",
    from: source,
    to: { pathNot: [...allowed, ...types, ...npm], dependencyTypesNot: ["core"] },
  };
  if (types.length === 0) return [closed];
  const typeOnly = {
    name: `${name}-by-type`,
    comment: `${comment} (this one with "import type")`,
    severity: "error",
    from: source,
    to: { path: types, pathNot: [...allowed, ...npm], dependencyTypesNot: ["type-only", "type-import"] },
  };
  return [closed, typeOnly];
}

/** What `from` never imports; `fromNot` names the exceptions. Holds for tests too unless they are excepted. */
const ban = (name, comment, { from = ".", fromNot = [], to }) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: fromNot },
  to,
});

const EDGE_REACH = [SELF, `^server/(${NOUNS}|replies|live)/`, CONTEXT, "^server/http-errors\\.ts$", SHARED, "^lib/"];
const ROW_TYPES = [`^server/(${OUTBOUND})/`];

const rows = [
  ...row("app", "app/ parses, calls one verb of an edge, answers", {
    from: "^app/",
    allowed: [
      "^(app|components|lib)/",
      "^server/(webhooks|callbacks|trpc|rest|auth|identity)/",
      CONTEXT,
      COMPOSITION,
      "^server/entry/next-routes\\.ts$",
    ],
  }),
  ...row("components", "components/ know the server by the router's type alone", {
    from: "^components/",
    allowed: ["^components/", "^lib/"],
    types: ["^server/trpc/"],
  }),
  ...row("lib", "lib/ runs anywhere, so it needs nothing but itself", { from: "^lib/", allowed: ["^lib/"] }),
  ...row("edges", "an edge calls verbs; it knows stores and clients by type, other edges not at all", {
    from: "^server/(webhooks|callbacks|trpc|auth)/",
    // Every edge may do what is due.
    allowed: [...EDGE_REACH, PAYLOADS, RECONCILE],
    types: ROW_TYPES,
  }),
  ...row("rest", "rest/ serves the spec's paths out of trpc's procedures", {
    from: "^server/(rest)/",
    allowed: [...EDGE_REACH, "^server/trpc/"],
    types: ROW_TYPES,
  }),
  ...row("worker", "the Worker's entry hands requests, ticks and messages on; it holds no store and no client", {
    from: ENTRY,
    allowed: [
      `^server/(webhooks|callbacks|trpc|rest|auth|live|${NOUNS})/`,
      CONTEXT,
      COMPOSITION,
      ENTRY,
      RECONCILE,
      "^server/(env|http-errors)\\.ts$",
      SHARED,
      "^lib/",
      // The names of the migrations, for the start-up check.
      "^drizzle/meta/_journal\\.json$",
      "(^|/)\\.open-next/",
      "^cloudflare:",
    ],
  }),
  ...row("reconcile", "what is due is done by the verbs of its noun", {
    from: RECONCILE,
    allowed: [RECONCILE, `^server/(${NOUNS})/`, SHARED, "^lib/"],
    types: [CONTEXT, "^server/rows/"],
    npm: [],
  }),
  ...row("core", "the core knows stores and clients by type, through AppContext", {
    from: `^server/(${NOUNS}|rows)/`,
    fromNot: PURE,
    allowed: [`^server/(${NOUNS}|rows|replies|prompts|change-sets)/`, SHARED, PORTS, "^lib/"],
    types: [CONTEXT, `^server/(${OUTBOUND}|live)/`],
    npm: packages("zod"),
  }),
  ...row("pure", "pure files turn values into values", {
    from: PURE,
    allowed: [...PURE, "^lib/"],
    types: [`^server/(${NOUNS}|${OUTBOUND})/`, SHARED],
    npm: [],
  }),
  ...row("db", "stores know SQL, errors, log and lib", {
    from: "^server/(db)/",
    allowed: [SELF, SHARED, "^lib/"],
    types: [`^server/(${NOUNS})/`],
    npm: packages("drizzle-orm", "zod"),
  }),
  ...row("clients", "an adapter knows its own outside, errors, log and lib", {
    from: "^server/(github|machines|providers|logs|live)/",
    allowed: [SELF, SHARED, "^lib/", "^cloudflare:"],
    types: [`^server/(${NOUNS})/`],
    npm: packages("@octokit", "universal-github-app-jwt", "zod"),
  }),
  ...row("shared", "what every room of the server uses needs nothing but lib", {
    from: "^server/((errors|ids|log|env|http-errors)\\.ts$|crypto/)",
    allowed: [SHARED, "^lib/"],
    npm: packages("zod"),
  }),
  ...row("agent-image", "the runner is shipped into machines: lib and Node, nothing of Porter's server", {
    from: "^agent-image/",
    allowed: ["^agent-image/", "^lib/"],
  }),
  ...row("local", "local/ talks to Porter over HTTP, wrangler or files", {
    from: "^local/",
    allowed: ["^local/", "^lib/", "^agent-image/"],
  }),
  ...row("tools", "e2e/, bench/ and scripts/ talk to Porter over HTTP, wrangler or files", {
    from: "^(e2e|bench|scripts)/",
    allowed: ["^(e2e|bench|scripts|local|agent-image|lib)/"],
  }),
];

const bans = [
  ...RANKS.map((noun, rank) =>
    ban(`rank-of-${noun}`, `a noun never imports a higher one: ${RANKS.join(" < ")}`, {
      from: `^server/${noun}/`,
      fromNot: [TEST],
      to: { path: `^server/(${RANKS.slice(rank + 1).join("|")})/` },
    }),
  ).slice(0, -1),
  ban(
    "no-second-door-to-nouns",
    "what nouns may import passes on no noun's type: it would be a lower noun's way to it",
    {
      from: [`^server/(${OUTBOUND}|live|replies|prompts|change-sets)/`, CONTEXT],
      fromNot: [TEST],
      to: { path: `^server/(${NOUNS})/`, dependencyTypes: ["export"] },
    },
  ),
  ban("rank-of-rows", "what every row needs knows of no noun", {
    from: "^server/rows/",
    to: { path: `^server/(${NOUNS})/` },
  }),
  ban("floor-of-tasks", "what stands beside the rooms of server/tasks is what they all stand on", {
    from: "^server/tasks/[^/]+\\.ts$",
    fromNot: [TEST],
    to: { path: "^server/tasks/[^/]+/" },
  }),
  ban("no-cycle", "files that import each other, by type too: one of them holds what belongs to neither", {
    to: { circular: true },
  }),
  ban("outside-the-server", "no tool, no test of a tool and no runner imports the server or the pages", {
    from: "^(agent-image|local|e2e|bench|scripts|lib)/",
    to: { path: "^(server|app|components)/" },
  }),
  ban("sql-in-db", "server/db is the only place with SQL or drizzle-orm", {
    fromNot: ["^server/db/", "\\.workers\\.test\\.ts$", "^server/testing/"],
    to: { path: packages("drizzle-orm") },
  }),
  ban("next-in-app", "Next belongs to app/, components/, the sign-in edge and the composition root", {
    from: "^(server|lib|local|agent-image)/",
    fromNot: ["^server/auth/", COMPOSITION, ENTRY],
    to: { path: packages("next", "next-auth", "@auth") },
  }),
  ban("bindings-in-context", "only the composition root and env.ts reach the platform's bindings", {
    fromNot: [COMPOSITION, ENTRY, "^server/env\\.ts$", "^(next|open-next)\\.config\\.ts$"],
    to: { path: packages("@opennextjs") },
  }),
  ban("trpc-in-its-edge", "tRPC's server belongs to trpc/ and rest/", {
    from: "^server/",
    fromNot: ["^server/(trpc|rest)/"],
    to: { path: packages("@trpc") },
  }),
  ban("no-node-in-lib", "lib/, components/ and pure files also run where Node is not", {
    from: ["^(lib|components)/", ...PURE],
    fromNot: [TEST],
    to: { dependencyTypes: ["core"] },
  }),
  ban("testing-in-tests", "factories, fakes and tests serve tests only", {
    fromNot: [TEST, "^vitest\\.config\\.ts$"],
    to: { path: TEST },
  }),
  ban("resolvable", "an import that resolves to nothing", {
    to: { couldNotResolve: true, pathNot: ["^cloudflare:", "\\.open-next/"] },
  }),
];

export default {
  forbidden: [...rows, ...bans],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: ["node_modules", "\\.open-next"] },
    exclude: { path: ["^cloudflare-env\\.d\\.ts$", "^[^/]+/dist/", "/fixtures/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};
