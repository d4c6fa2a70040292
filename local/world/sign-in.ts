import { createCookieJar, type CookieJar } from "./cookie-jar.ts";

/**
 * Signs a person in as a browser does: Porter's sign-in link, GitHub's own page, its button for this person, the way
 * back. Answers the signed-in jar. Throws a sentence when a step does not lead on.
 */
export async function signIn(porterUrl: string, login: string): Promise<CookieJar> {
  const jar = createCookieJar();
  const start = await jar.fetch(`${porterUrl}/api/auth/github`);
  const authorize = await jar.fetch(locationOf(start, "Porter's sign-in link"));
  if (authorize.status !== 200) throw new Error(`GitHub's sign-in page answered ${authorize.status}`);
  const form = formFor(await authorize.text(), login);
  const granted = await jar.fetch(new URL(form.action, authorize.url).href, { method: "POST", body: form.fields });
  const back = await jar.fetch(locationOf(granted, "GitHub's sign-in"));
  const landed = locationOf(back, "the way back from GitHub");
  if (landed.includes("error")) throw new Error(`sign-in as ${login} ended at ${landed}`);
  return jar;
}

function locationOf(answer: Response, step: string): string {
  const location = answer.headers.get("location");
  if (answer.status < 300 || answer.status >= 400 || location === null)
    throw new Error(`${step} answered ${answer.status} and led nowhere`);
  return new URL(location, answer.url).href;
}

/** The emulator's page has one form a person. */
function formFor(html: string, login: string): { action: string; fields: URLSearchParams } {
  const form = html.split("<form").find((part) => part.includes(`class="user-login">${login}<`));
  const action = /action="([^"]*)"/.exec(form ?? "")?.[1];
  if (form === undefined || action === undefined) throw new Error(`GitHub's sign-in page does not offer ${login}`);
  const fields = new URLSearchParams();
  for (const [, name = "", value = ""] of form.matchAll(/name="([^"]*)" value="([^"]*)"/g))
    fields.append(plain(name), plain(value));
  return { action: plain(action), fields };
}

const plain = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
