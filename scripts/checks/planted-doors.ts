// Second ways to what has one door, for scripts/check.test.ts to plant.

/** Its name, the file and its text, and what is said of it. */
type Planted = [name: string, path: string, text: string, finding: string];

export const PLANTED_DOORS: Planted[] = [
  [
    "a second caller of the permission endpoint",
    "server/tasks/planted-permission.ts",
    'type Asked = { permissionOf: (login: string) => Promise<string> };\nexport const ask = (of: Asked): Promise<string> => of.permissionOf("octocat");\n',
    "only the gate asks who may command",
  ],
  [
    "the permission endpoint by its path",
    "server/github/planted-path.ts",
    "export const where = (login: string): string => `/collaborators/${login}/permission`;\n",
    "only the gate asks who may command",
  ],
  [
    "power by the list of writers",
    "server/tasks/planted-writers.ts",
    "type Asked = { writers: () => Promise<ReadonlyMap<number, string>> };\nexport const mayWriteHere = async (of: Asked): Promise<boolean> => (await of.writers()).has(1);\n",
    "gives nobody any power",
  ],
  [
    "a second question in the gate itself",
    "server/repositories/gate.ts",
    "type Of = { permissionOf: (login: string) => Promise<string> };\nexport const ask = (of: Of): Promise<string> => of.permissionOf('a');\n",
    "in one place",
  ],
  ...Object.entries({
    alias: "(of: { permissionOf: () => string }): unknown => { const { permissionOf: ask } = of; return ask(); }",
    again: '(): unknown => import("@/server/repositories/gate").then(({ askRole: role }) => role)',
    "any-of": '(): unknown => import("@/server/repositories/gate").then((gate) => gate.mayCommandInOneOf)',
  }).map(([name, asked]): Planted => [
    `the permission endpoint by an ${name}`,
    `server/tasks/planted-asks-${name}.ts`,
    `export const asked = ${asked};\n`,
    "only the gate asks who may command",
  ]),
  [
    "what asks for the permission, exported again",
    "server/tasks/planted-exports.ts",
    'export { askRole as roleIn } from "@/server/repositories/gate";\n',
    "only the gate asks who may command",
  ],
  [
    "a second door to writing",
    "server/tasks/planted-writes.ts",
    "type Context = { github: { gitData: () => string } };\nexport const git = (context: Context): string => context.github.gitData();\n",
    "a second door to writing",
  ],
  ...Object.entries({
    joined: '["repos", login, "collaborators", login, "permission"].join("/")',
    "in-lines": "`/repos/octocat/hello/collaborators/${login}` +\n  `/permission`",
    octokit: '["octokit.rest.repos.getCollaboratorPermissionLevel", login]',
    template: '["GET /repos/{owner}/{repo}/collaborators/{username}/permission", login]',
    graph: '`query { repository(owner: "${login}", name: "hello") { viewerPermission } }`',
  }).map(([name, asked]): Planted => [
    `the permission endpoint, ${name}`,
    `server/mentions/planted-asks-${name}.ts`,
    `export const asked = (login: string): unknown => ${asked};\n`,
    "only the gate asks who may command",
  ]),
  [
    "the permission endpoint outside of the server",
    "lib/planted-asks.ts",
    "export const where = (login: string): string => `/collaborators/${login}/permission`;\n",
    "only the gate asks who may command",
  ],
  [
    "a second door to machines",
    "server/mentions/planted-launch.ts",
    "type Context = { machines: { launch: () => Promise<void> } };\nexport const start = (context: Context): Promise<void> => context.machines.launch();\n",
    "a second door to machines",
  ],
  [
    "a second door to tokens",
    "server/callbacks/planted-token.ts",
    "type App = { createInstallationToken: () => Promise<string> };\nexport const mint = (app: App): Promise<string> => app.createInstallationToken();\n",
    "a second door to tokens",
  ],
];
