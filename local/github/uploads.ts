import { randomBytes, randomUUID } from "node:crypto";
import { type HttpAnswer, type HttpExchange, isRecord, problemAnswer } from "./exchange.ts";
import { PICTURE_TYPES, type Upload } from "./upload-store.ts";
import { escapeHtml } from "./web-pages.ts";
import type { GitHubWorld } from "./world.ts";

/** How long a signed address shows its picture. */
const SIGNED_MS = 5 * 60_000;

/** The address as GitHub's page writes it into a text. It shows nothing to a token. */
export function addUpload({ url, uploads }: GitHubWorld, upload: Upload): string {
  const asset = randomUUID();
  uploads.files.set(asset, upload);
  return `${url}/user-attachments/assets/${asset}`;
}

/** As it was asked for: with the text as a page shows it, in place of its source. */
export function asAskedFor(world: GitHubWorld, exchange: HttpExchange, body: unknown): unknown {
  const isHtml = String(exchange.headers["accept"] ?? "").includes("html+json");
  if (exchange.method !== "GET" || !isHtml || !isRecord(body) || typeof body["body"] !== "string") return body;
  const { body: text, ...rest } = body;
  return { ...rest, body_html: shownHtml(world, text) };
}

const IMAGE = /!\[([^\]]*)\]\([^)]*\/user-attachments\/assets\/([0-9a-f-]{36})\)/g;

/** No more of Markdown than its pictures: each under an address that is signed for whoever reads this now. */
function shownHtml(world: GitHubWorld, text: string): string {
  const shown = escapeHtml(text).replace(IMAGE, (source, alt: string, asset: string) => {
    const address = signedAddress(world, asset);
    return address === null ? source : `<a href="${address}"><img src="${address}" alt="${alt}"></a>`;
  });
  return `<p dir="auto">${shown}</p>`;
}

function signedAddress({ url, uploads }: GitHubWorld, asset: string): string | null {
  const upload = uploads.files.get(asset);
  if (upload === undefined) return null;
  const jwt = randomBytes(24).toString("base64url");
  uploads.signed.set(jwt, { asset, until: Date.now() + SIGNED_MS });
  return `${url}/private-user-images/1-${asset}.${upload.kind}?jwt=${jwt}`;
}

/** A picture under its signed address, for whoever has it. */
export function signedPicture({ uploads }: GitHubWorld, path: string, query: URLSearchParams): HttpAnswer | undefined {
  const [, asset] = /^\/private-user-images\/1-([0-9a-f-]{36})\.[a-z]+$/.exec(path) ?? [];
  if (asset === undefined) return undefined;
  const signed = uploads.signed.get(query.get("jwt") ?? "");
  const upload = uploads.files.get(asset);
  const isOpen = signed !== undefined && signed.asset === asset && signed.until > Date.now();
  if (!isOpen || upload === undefined) return problemAnswer(404, "Not Found");
  return { status: 200, headers: { "content-type": PICTURE_TYPES[upload.kind] }, body: upload.content };
}
