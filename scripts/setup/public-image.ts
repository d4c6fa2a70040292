import { z } from "zod";

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const KINDS = [
  "oci.image.index.v1",
  "oci.image.manifest.v1",
  "docker.distribution.manifest.list.v2",
  "docker.distribution.manifest.v2",
];
const ACCEPT = KINDS.map((kind) => `application/vnd.${kind}+json`).join(", ");
const TIMEOUT_MS = 30_000;

/** Whether anybody may pull `registry/path@sha256:…` without signing in, as a Fly machine of any account does. */
export async function isPublic(reference: string): Promise<boolean> {
  const [, host = "", path = "", digest = ""] = /^([^/]+)\/([^:@]+)(?::[^@]+)?@(.+)$/.exec(reference) ?? [];
  const scheme = /^(?:127\.0\.0\.1|localhost)(?::|$)/.test(host) ? "http" : "https";
  const url = `${scheme}://${host === "docker.io" ? "registry-1.docker.io" : host}/v2/${path}/manifests/${digest}`;
  const ask = (token?: string) =>
    fetch(url, {
      method: "HEAD",
      headers: { accept: ACCEPT, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  const answer = await ask();
  if (answer.status !== 401) return answer.ok;
  const token = await anonymousToken(answer.headers.get("www-authenticate") ?? "", path);
  return token !== undefined && (await ask(token)).ok;
}

/** What a registry gives to whoever asks without a name. */
async function anonymousToken(challenge: string, path: string): Promise<string | undefined> {
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
  if (realm === undefined) return undefined;
  const url = new URL(realm);
  const service = /service="([^"]+)"/.exec(challenge)?.[1];
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${path}:pull`);
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const given = tokenSchema.safeParse(await answer.json().catch(() => undefined));
  return given.data?.token ?? given.data?.access_token;
}
