const REDIRECTS = [301, 302, 307, 308];
const MAX_HOPS = 3;

/**
 * `fetch` that repeats a request verbatim at its new place, as GitHub asks for after renames and transfers
 * (fetch itself would turn a POST into a GET). Never leaves the origin: the token goes nowhere else, and the
 * redirect itself is answered instead. `onMoved` is told when a redirect was followed.
 * Source: docs.github.com, "Best practices for using the REST API", "Follow redirects".
 */
export function followRedirects(fetch: typeof globalThis.fetch, onMoved: () => void): typeof globalThis.fetch {
  return async (input, init) => {
    let url = input instanceof Request ? input.url : String(input);
    for (let hop = 0; ; hop += 1) {
      const response = await fetch(url, { ...init, redirect: "manual" });
      const location = REDIRECTS.includes(response.status) ? response.headers.get("location") : null;
      const next = location === null ? null : URL.parse(location, url);
      if (next === null || next.origin !== new URL(url).origin || hop === MAX_HOPS) return response;
      await response.body?.cancel();
      url = next.href;
      onMoved();
    }
  };
}
