type Person = { id: number; login: string; name?: string };
type Grant = { person: Person; redirectUri: string; challenge: string };

async function s256(verifier: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  return btoa(String.fromCharCode(...digest))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * GitHub's side of the OAuth web flow, with state: codes are good once, for the redirect and the PKCE verifier they
 * were made for. `expiring` gives what a GitHub App's user token has.
 */
export function fakeGitHubOauth(options: { client: { id: string; secret: string }; expiring?: boolean }) {
  const codes = new Map<string, Grant>();
  const tokens = new Map<string, Person>();
  let count = 0;

  async function exchange(request: Request): Promise<Response> {
    // Bytes, because workerd warns about `.text()` of a form.
    const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
    const grant = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const challenge = await s256(form.get("code_verifier") ?? "");
    const ok =
      grant !== undefined &&
      grant.challenge === challenge &&
      grant.redirectUri === form.get("redirect_uri") &&
      form.get("client_id") === options.client.id &&
      form.get("client_secret") === options.client.secret;
    if (!ok)
      return Response.json({ error: "bad_verification_code", error_description: "The code is incorrect or expired." });
    const token = `fake-access-${++count}-${grant.person.login}`;
    tokens.set(token, grant.person);
    const expiry = options.expiring
      ? {
          expires_in: 28_800,
          refresh_token: `fake-refresh-${count}-${grant.person.login}`,
          refresh_token_expires_in: 15_897_600,
        }
      : {};
    return Response.json({ access_token: token, token_type: "bearer", scope: "", ...expiry });
  }

  return {
    tokens,
    /** The person presses "Authorize": the URL that GitHub sends the browser back to. */
    authorize(url: string, person: Person): string {
      const query = new URL(url).searchParams;
      const code = `fake-code-${++count}`;
      const redirectUri = query.get("redirect_uri") ?? "";
      codes.set(code, { person, redirectUri, challenge: query.get("code_challenge") ?? "" });
      return `${redirectUri}?${new URLSearchParams({ code, state: query.get("state") ?? "" }).toString()}`;
    },
    fetch: (async (input, init) => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      if (pathname === "/login/oauth/access_token") return exchange(request);
      if (pathname !== "/user") return new Response("not found", { status: 404 });
      const person = tokens.get(request.headers.get("authorization")?.replace("Bearer ", "") ?? "");
      return person === undefined
        ? Response.json({ message: "Bad credentials" }, { status: 401 })
        : Response.json(person);
    }) satisfies typeof fetch,
  };
}

/** A browser's cookies, or those of a plain HTTP client. */
export class BrowserCookies {
  readonly cookies = new Map<string, string>();
  readonly lines: string[] = [];

  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      this.lines.push(line);
      const [pair = "", ...attributes] = line.split(";");
      const cut = pair.indexOf("=");
      const gone = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
      if (gone) this.cookies.delete(pair.slice(0, cut));
      else this.cookies.set(pair.slice(0, cut), pair.slice(cut + 1));
    }
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}
