/** What a browser does that `fetch` does not: keeps cookies, for one origin each, and shows redirects. */
export type CookieJar = {
  /** Never follows a redirect. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** What is sent in `cookie` to an address. */
  cookies(url: string): string;
};

export function createCookieJar(): CookieJar {
  const cookies = new Map<string, Map<string, string>>();
  const header = (jar: Map<string, string>): string => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  return {
    cookies: (url) => header(cookies.get(new URL(url).origin) ?? new Map<string, string>()),
    async fetch(url, init = {}) {
      const { origin } = new URL(url);
      const jar = cookies.get(origin) ?? new Map<string, string>();
      cookies.set(origin, jar);
      const headers = new Headers(init.headers);
      if (jar.size > 0) headers.set("cookie", header(jar));
      // A browser sends it with every write; Porter refuses a foreign one.
      if (init.method !== undefined && init.method !== "GET") headers.set("origin", origin);
      const answer = await fetch(url, { ...init, headers, redirect: "manual" });
      for (const line of answer.headers.getSetCookie()) store(jar, line);
      return answer;
    },
  };
}

function store(jar: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  const isOver = attributes.some((attribute) => {
    const [key = "", setting = ""] = attribute.trim().split("=");
    if (key.toLowerCase() === "max-age") return Number(setting) <= 0;
    return key.toLowerCase() === "expires" && Date.parse(setting) < Date.now();
  });
  if (isOver) jar.delete(name);
  else jar.set(name, value);
}
