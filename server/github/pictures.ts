import { z } from "zod";
import { readBounded } from "@/lib/bounded-body";
import { CONTEXT_LIMITS, type PictureKind, pictureKind } from "@/lib/context-files";
import { orNull, unavailableError } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import type { GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

/** Where github.com keeps pictures, for whoever has a signed address of one. */
const PICTURES_OF_GITHUB = "private-user-images.githubusercontent.com";
const TIMEOUT_MS = 10_000;
/**
 * As GitHub writes HTML: values stand in double quotes, which are spelt out inside of one, so that no text can write an
 * attribute. Another attribute's name may end in "src": the original address of an image that GitHub fetches itself.
 */
const IMAGE = /<img\s(?:[^>"]|"[^"]*")*?(?<=\s)src="([^"]*)"/g;
const shownSchema = z.object({ body_html: z.string().nullish() });

export const createPictures = (calls: RepositoryCalls): Pick<GitHubRepository, "picture"> => ({
  async picture({ asset, issueNumber, comment }) {
    const rest = comment === null ? apiPath`/issues/${issueNumber}` : apiPath`/issues/comments/${comment}`;
    const call = inRepository(calls, rest, { accept: "application/vnd.github.html+json" });
    const shown = await orNull(calls.client.get(shownSchema, call));
    const address = signedAddress(shown?.body_html ?? "", { asset, webUrl: calls.webUrl });
    return address === null ? null : fetchPicture(calls.fetch, address);
  },
});

/**
 * The address under which GitHub shows an upload to whoever reads this text just now. Its number must stand in the path of
 * an address of GitHub's own host for pictures: in a query, or at another host, anybody may write it.
 */
export function signedAddress(html: string, { asset, webUrl }: { asset: string; webUrl: string }): string | null {
  const web = new URL(webUrl);
  const host = web.host === "github.com" ? PICTURES_OF_GITHUB : web.host;
  for (const [, value = ""] of html.matchAll(IMAGE)) {
    const url = URL.parse(value.replaceAll("&amp;", "&"));
    if (url === null || url.protocol !== web.protocol || url.host !== host || url.username !== "") continue;
    const file = url.pathname.split("/").at(-1)?.toLowerCase() ?? "";
    if (new RegExp(`^(?:\\d+-)?${asset}(?:\\.[a-z]{3,4})?$`).test(file)) return url.href;
  }
  return null;
}

/** Without a token, and from nowhere but where the address says. null: it is too large, no picture, or not there. */
async function fetchPicture(
  fetchFrom: typeof fetch,
  address: string,
): Promise<{ kind: PictureKind; content: Uint8Array } | null> {
  try {
    const answer = await fetchFrom(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status >= 500) throw unavailableError(`GitHub's pictures answered ${answer.status}`);
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return null;
    }
    const content = await readBounded(answer, CONTEXT_LIMITS.pictureBytes);
    const kind = content === null ? null : pictureKind(content);
    return content === null || kind === null ? null : { kind, content };
  } catch (error) {
    throw unavailableError("GitHub did not hand out a picture", error);
  }
}
