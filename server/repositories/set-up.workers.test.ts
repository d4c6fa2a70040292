import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { RepositoryPermission } from "@/server/github/port";
import { openWorld } from "@/server/testing/api-world";
import { asSignedIn } from "@/server/testing/signed-in";
import { createCaller } from "@/server/trpc/router";

const person = { id: 1, login: "octocat" };
const place = { owner: "acme", name: "widgets" };
const VALUE = "fake-value-of-a-secret";

async function asOne(role: RepositoryPermission) {
  const { context, fake } = openWorld({}, person);
  fake.state.permissions.set(person.login, role);
  const app = await asSignedIn(context, fake, person);
  return { app, fake, api: createCaller({ app, requestId: "r" }).repositories };
}

test("the page has the file as it is read, each problem with its line, and what a run would do", async () => {
  const { api, fake } = await asOne("write");
  fake.state.setUpTexts.set(".porter.yml", "setup: make\nsecrets: [NPM_TOKEN]\nflavour: 1");
  expect(await api.setUp(place)).toMatchObject({
    file: "setup: make\nsecrets: [NPM_TOKEN]\nflavour: 1",
    found: {
      run: "make",
      line: "Set-up: make, from .porter.yml",
      problems: [".porter.yml, line 3: there is no key flavour; remove it."],
    },
    wanted: ["NPM_TOKEN"],
    isAdmin: false,
  });
});

test("a secret is saved by people with admin, sealed, and never shown", async () => {
  const { api } = await asOne("admin");
  await api.saveSecret({ ...place, secret: "NPM_TOKEN", value: VALUE });
  const shown = await api.setUp(place);
  expect(shown).toMatchObject({ isAdmin: true, secrets: [{ name: "NPM_TOKEN", lastUsedAt: null }] });
  const { results } = await env.DB.prepare("SELECT * FROM repository_secrets").all();
  expect(JSON.stringify([shown, results])).not.toContain(VALUE);
  await api.saveSecret({ ...place, secret: "NPM_TOKEN", value: null });
  expect((await api.setUp(place)).secrets).toEqual([]);
});

test("who may only write saves none, and names no app that gets them", async () => {
  for (const role of ["write", "maintain"] as const) {
    const { api } = await asOne(role);
    await expect(api.saveSecret({ ...place, secret: "NPM_TOKEN", value: VALUE })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await expect(api.updateSettings({ ...place, secretsApp: "my-app" })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await api.updateSettings({ ...place, publish: "after_click" })).toMatchObject({ publish: "after_click" });
  }
  const admin = await asOne("admin");
  expect(await admin.api.updateSettings({ ...place, secretsApp: "my-app" })).toMatchObject({ secretsApp: "my-app" });
  const writer = await asOne("write");
  const { settings } = await writer.api.setUp(place);
  expect(await writer.api.updateSettings({ ...place, ...settings })).toMatchObject({ secretsApp: "my-app" });
  await expect(writer.api.updateSettings({ ...place, secretsApp: null })).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test.each(["PATH", "ANTHROPIC_API_KEY", "a b", ""])("%j is no name for one", async (secret) => {
  const { api } = await asOne("admin");
  await expect(api.saveSecret({ ...place, secret, value: VALUE })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("what its owner saved goes with their account", async () => {
  const { api, app } = await asOne("admin");
  await api.saveSecret({ ...place, secret: "NPM_TOKEN", value: VALUE });
  await app.db.erasure.erase({ userId: person.id, login: person.login, newSubject: crypto.randomUUID() });
  expect((await env.DB.prepare("SELECT * FROM repository_secrets").all()).results).toEqual([]);
});
