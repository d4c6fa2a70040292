import { appEvents, appPermissions, type SeededInstallation } from "./seed.ts";
import type { GitHubWorld } from "./world.ts";

const seededAt = "2026-01-05T09:00:00Z";

/** GitHub's short form of a user, from its three essentials. */
export function simpleUser(
  world: GitHubWorld,
  { id, login, type }: { id: number; login: string; type: string },
): Record<string, unknown> {
  const api = `${world.url}/users/${login}`;
  return {
    login,
    id,
    node_id: Buffer.from(`0:${type}${id}`).toString("base64url"),
    avatar_url: `${world.url}/avatars/u/${login}`,
    gravatar_id: "",
    url: api,
    html_url: `${world.url}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
}

function account(world: GitHubWorld, login: string): Record<string, unknown> {
  const id = world.users.find((user) => user.login === login)?.id ?? 0;
  return simpleUser(world, { id, login, type: "User" });
}

/** The App as `GET /app` and `performed_via_github_app` show it. */
export function formatApp(world: GitHubWorld): Record<string, unknown> {
  const { app, installations } = world.seed;
  return {
    id: app.id,
    slug: app.slug,
    node_id: Buffer.from(`0:App${app.id}`).toString("base64url"),
    client_id: app.clientId,
    owner: account(world, "octocat"),
    name: "Porter (local)",
    description: null,
    external_url: `${world.url}/apps/${app.slug}`,
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: seededAt,
    updated_at: seededAt,
    permissions: { ...appPermissions, ...world.seed.accountPermissions },
    events: appEvents,
    installations_count: installations.filter(({ state }) => state !== "deleted").length,
  };
}

export function formatInstallation(world: GitHubWorld, installation: SeededInstallation): Record<string, unknown> {
  const owner = account(world, installation.account);
  return {
    id: installation.id,
    client_id: world.seed.app.clientId,
    account: owner,
    repository_selection: installation.repositories === undefined ? "all" : "selected",
    access_tokens_url: `${world.url}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: world.seed.app.id,
    app_slug: world.seed.app.slug,
    target_id: owner.id,
    target_type: "User",
    permissions: appPermissions,
    events: appEvents,
    created_at: seededAt,
    updated_at: seededAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.state === "suspended" ? owner : null,
    suspended_at: installation.state === "suspended" ? new Date().toISOString() : null,
  };
}
