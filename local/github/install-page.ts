import { sendPayload } from "./delivery-routes.ts";
import { type HttpAnswer, type HttpExchange, problemAnswer } from "./exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { SeededInstallation } from "./seed.ts";
import { formatInstallation, simpleUser } from "./shapes.ts";
import { escapeHtml, htmlPage } from "./web-pages.ts";
import type { GitHubWorld } from "./world.ts";

/** Pages of github.com about installing the App, which know no API token. */
export const isInstallPage = (path: string): boolean =>
  /^\/apps\/[^/]+\/installations\/new$|^\/settings\/installations\/\d+$/.test(path);

/**
 * "Install the App": one form an account, because nobody is signed in to this GitHub, with all repositories or chosen
 * ones. It sends the `installation` event and returns to Porter's setup URL, as GitHub does.
 */
export function installPageRoutes(world: GitHubWorld): HttpRoute[] {
  const slugPath = "/apps/:slug/installations/new";
  return [
    defineRoute("GET", slugPath, (exchange, parameters) =>
      parameterOf(parameters, "slug") === world.seed.app.slug
        ? installPage(world, exchange, world.seed.installations)
        : problemAnswer(404, "Not Found"),
    ),
    defineRoute("POST", slugPath, (exchange) => install(world, exchange)),
    // Where "Configure" leads.
    defineRoute("GET", "/settings/installations/:id(\\d+)", (exchange, parameters) => {
      const id = Number(parameterOf(parameters, "id"));
      return installPage(
        world,
        exchange,
        world.seed.installations.filter((each) => each.id === id),
      );
    }),
  ];
}

function installPage(world: GitHubWorld, exchange: HttpExchange, installations: SeededInstallation[]): HttpAnswer {
  const state = exchange.query.get("state") ?? "";
  const forms = installations.map((installation) => form(world, installation, state)).join("");
  return htmlPage(200, "Install Porter (local)", `<h1>Install Porter (local)</h1>${forms || "<p>Not found</p>"}`);
}

function form(world: GitHubWorld, { account, repositories, state: life }: SeededInstallation, state: string): string {
  const boxes = world.repositories
    .filter(({ owner }) => owner === account)
    .map(({ fullName }) => {
      const checked = life !== "deleted" && repositories?.includes(fullName) === true ? " checked" : "";
      return `<label><input type="checkbox" name="repository" value="${escapeHtml(fullName)}"${checked}> ${escapeHtml(fullName)}</label><br>`;
    });
  const word = life === "deleted" ? "Install" : "Save";
  return `<form method="post" action="/apps/${world.seed.app.slug}/installations/new"><article><h2>${escapeHtml(account)}</h2>
<input type="hidden" name="account" value="${escapeHtml(account)}"><input type="hidden" name="state" value="${escapeHtml(state)}">
<p>None chosen means all repositories.</p>${boxes.join("")}<p><button type="submit">${word} on ${escapeHtml(account)}</button></p></article></form>`;
}

function install(world: GitHubWorld, exchange: HttpExchange): HttpAnswer {
  const fields = new URLSearchParams(exchange.body.toString("utf8"));
  const account = fields.get("account") ?? "";
  const installation = world.seed.installations.find((each) => each.account === account);
  const person = world.users.find(({ login }) => login === account);
  if (installation === undefined || person === undefined) return problemAnswer(404, "Not Found");
  const isNew = installation.state === "deleted";
  const chosen = fields.getAll("repository").filter((name) => name.startsWith(`${account}/`));
  installation.repositories = chosen.length === 0 ? undefined : chosen;
  installation.state = "active";
  const wanted = world.repositories.filter(
    ({ owner, fullName }) => owner === account && (chosen.length === 0 || chosen.includes(fullName)),
  );
  const sender = simpleUser(world, { id: person.id, login: account, type: "User" });
  const repositories = wanted.map(({ id, name, fullName, private: hidden }) => ({
    id,
    name,
    full_name: fullName,
    private: hidden,
  }));
  const subject = { installation: formatInstallation(world, installation), sender };
  if (isNew) sendPayload(world, "installation", { action: "created", ...subject, repositories });
  else
    sendPayload(world, "installation_repositories", {
      action: "added",
      ...subject,
      repository_selection: chosen.length === 0 ? "all" : "selected",
      repositories_added: repositories,
      repositories_removed: [],
    });
  const back = new URL(world.setupUrl);
  back.searchParams.set("installation_id", String(installation.id));
  back.searchParams.set("setup_action", isNew ? "install" : "update");
  const state = fields.get("state");
  if (state !== null && state !== "") back.searchParams.set("state", state);
  return { status: 302, headers: { location: back.href }, body: Buffer.alloc(0) };
}
