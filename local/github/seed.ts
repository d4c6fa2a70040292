import { generateKeyPairSync, randomBytes } from "node:crypto";
import { APP_EVENTS, APP_PERMISSIONS } from "../../lib/github-app.ts";
import type { LocalAppIdentity } from "./app-jwt.ts";
import { helloPorterFiles, helloPorterIssues } from "./hello-porter.ts";

export type SeedUser = { login: string; name?: string };

export type SeedRepository = {
  owner: string;
  name: string;
  description?: string;
  /** Default false. */
  private?: boolean;
  /** Default `main`. */
  defaultBranch?: string;
  /** Path → text of the first commit. Default: a README. */
  files?: Record<string, string>;
  /** Without any commit, as a repository that was just made. */
  empty?: boolean;
  issues?: { title: string; body: string }[];
  collaborators?: { login: string; permission: "pull" | "triage" | "push" | "maintain" | "admin" }[];
};

export type SeedInstallation = {
  account: string;
  /** Default: the next free id from 5001. */
  id?: number;
  /** Repository names; absent means every repository of the account. */
  repositories?: string[];
};

/** What a test or the demo wants besides the standard world. */
export type Seed = {
  users?: SeedUser[];
  repositories?: SeedRepository[];
  installations?: SeedInstallation[];
  /** What people's sign-in gives: a GitHub App's expiring tokens (default), or a classic OAuth app's. */
  oauth?: "app" | "classic";
  /** Account permissions of the App besides the standard ones, such as `{gists: "write"}`. */
  accountPermissions?: Record<string, "read" | "write">;
};

export type SeededInstallation = {
  id: number;
  account: string;
  /** Full names, or undefined for every repository of the account. */
  repositories: string[] | undefined;
  /** Deleted, or not there yet: the emulator knows installations from its start only. */
  state: "active" | "suspended" | "deleted";
};

export type SeedWorld = {
  app: LocalAppIdentity;
  users: { login: string; name: string; token: string }[];
  repositories: SeedRepository[];
  installations: SeededInstallation[];
  oauth: "app" | "classic";
  accountPermissions: Record<string, "read" | "write">;
};

/** The App is the one that set-up registers: what production is not sent does not arrive here. */
export const appPermissions: Record<string, string> = { ...APP_PERMISSIONS };
export const appEvents: readonly string[] = APP_EVENTS;
const firstInstallationId = 5001;

const standard: Required<Pick<Seed, "users" | "repositories" | "installations">> = {
  users: [
    { login: "octocat", name: "The Octocat" },
    { login: "hubot-user", name: "Hubot's User" },
    { login: "stranger", name: "A Stranger" },
  ],
  repositories: [
    {
      owner: "octocat",
      name: "hello-porter",
      description: "A small greeter, for trying Porter",
      files: helloPorterFiles,
      issues: helloPorterIssues,
    },
    { owner: "octocat", name: "second-repo", description: "Another repository of octocat", private: true },
    { owner: "hubot-user", name: "widgets", description: "Somebody else's repository", private: true },
  ],
  installations: [{ account: "octocat" }, { account: "hubot-user" }],
};

function newAppIdentity(): LocalAppIdentity {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    id: 4100,
    slug: "porter-local",
    privateKey,
    clientId: "Iv1.porterlocal00000",
    clientSecret: randomBytes(20).toString("hex"),
  };
}

function newUserToken(): string {
  return `gho_${randomBytes(27).toString("base64url").replaceAll(/[-_]/g, "0")}`;
}

/** The standard world plus the extension, with a fresh key, secret and tokens. */
export function planWorld(extension: Seed): SeedWorld {
  let nextId = firstInstallationId;
  const installations = [...standard.installations, ...(extension.installations ?? [])].map(
    (wanted): SeededInstallation => {
      const repositories = wanted.repositories?.map((name) => `${wanted.account}/${name}`);
      const id = wanted.id ?? nextId;
      nextId = Math.max(nextId, id) + 1;
      return { id, account: wanted.account, repositories, state: "active" };
    },
  );
  const users = [...standard.users, ...(extension.users ?? [])];
  for (const { login } of users) {
    if (installations.some(({ account }) => account === login)) continue;
    installations.push({ id: nextId, account: login, repositories: undefined, state: "deleted" });
    nextId += 1;
  }
  return {
    app: newAppIdentity(),
    oauth: extension.oauth ?? "app",
    accountPermissions: extension.accountPermissions ?? {},
    users: users.map(({ login, name }) => ({
      login,
      name: name ?? login,
      token: newUserToken(),
    })),
    repositories: [...standard.repositories, ...(extension.repositories ?? [])],
    installations,
  };
}

/** The seed in the emulator's own form. */
export function emulatorSeed(
  world: SeedWorld,
  connections: { redirectUris: string[]; hookUrl: string; ownerTokens: Record<string, unknown> },
): Record<string, unknown> {
  const { app, users, repositories, installations } = world;
  const userTokens = users.map(({ token, login }) => [token, { login, scopes: ["repo", "read:user", "user:email"] }]);
  return {
    tokens: { ...Object.fromEntries(userTokens), ...connections.ownerTokens },
    github: {
      users: users.map(({ login, name }) => ({ login, name, email: `${login}@example.com` })),
      repos: repositories.map((repository) => ({
        owner: repository.owner,
        name: repository.name,
        description: repository.description,
        default_branch: repository.defaultBranch ?? "main",
        private: repository.private ?? false,
        auto_init: false,
      })),
      oauth_apps: [
        {
          client_id: app.clientId,
          client_secret: app.clientSecret,
          name: "Porter (local)",
          redirect_uris: connections.redirectUris,
        },
      ],
      apps: [
        {
          app_id: app.id,
          slug: app.slug,
          name: "Porter (local)",
          private_key: app.privateKey,
          permissions: appPermissions,
          events: appEvents,
          webhook_url: connections.hookUrl,
          installations: installations.map(({ id, account, repositories: selected }) => ({
            installation_id: id,
            account,
            repository_selection: selected === undefined ? "all" : "selected",
            repositories: selected ?? [],
            permissions: appPermissions,
            events: appEvents,
          })),
        },
      ],
    },
  };
}
