import { APP_EVENTS, APP_PERMISSIONS } from "../../lib/github-app.ts";
import { appAddresses } from "./app.ts";

/** GitHub's limit for the name of an App. */
const NAME_LENGTH = 34;

/** The App as Porter needs it. Its name is a proposal: GitHub asks for another where it is taken. */
export function appManifest(wanted: {
  name: string;
  mention: string;
  publicUrl: string;
  /** Whether who belongs to an organisation has to be asked of GitHub. */
  asksForMembers: boolean;
  redirectUrl: string;
}): Record<string, unknown> {
  const { name, mention, publicUrl, redirectUrl, asksForMembers } = wanted;
  const { webhook, callback, setup } = appAddresses(publicUrl);
  const host = new URL(publicUrl).hostname.replace(/\.workers\.dev$/, "");
  const named = host.startsWith(`${name}.`) ? host : `${name}.${host}`;
  return {
    name: named.replaceAll(".", "-").slice(0, NAME_LENGTH),
    url: publicUrl,
    description: `Comment @${mention} on an issue and get a pull request back.`,
    hook_attributes: { url: webhook, active: true },
    redirect_url: redirectUrl,
    callback_urls: [callback],
    setup_url: setup,
    setup_on_update: true,
    // Organisations install it too; who may use it is Porter's own question.
    public: true,
    default_permissions: asksForMembers ? { ...APP_PERMISSIONS, members: "read" } : APP_PERMISSIONS,
    default_events: APP_EVENTS,
  };
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const html = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Set up Porter</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style>
<body><h1>Set up Porter</h1>${body}`;

export const messagePage = (text: string): string => html(`<p>${escape(text)}</p>`);

/** One button that takes the manifest to GitHub. */
export const registrationPage = (action: string, manifest: Record<string, unknown>): string =>
  html(`<p>GitHub shows the App's name, which you may change, and makes it with your next click there.</p>
<form method="post" action="${escape(action)}"><input type="hidden" name="manifest" value="${escape(JSON.stringify(manifest))}">
<button type="submit">Register the GitHub App</button></form>`);
