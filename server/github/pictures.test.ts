import { describe, expect, test } from "vitest";
import { signedAddress } from "@/server/github/pictures";
import { callsOf, githubFailureOf, startGitHub } from "@/server/testing/scripted-github";

const ASSET = "0b9c1c1e-1111-4222-8333-444455556666";
const OTHER = "aaaaaaaa-1111-4222-8333-444455556666";
const HOST = "https://private-user-images.githubusercontent.com";
const SIGNED = `${HOST}/583231/1-${ASSET}.png?jwt=fake`;
const at = (html: string) => signedAddress(html, { asset: ASSET, webUrl: "https://github.com" });
const image = (src: string, more = "") => `<p><a href="${src}"><img ${more} src="${src}" alt="shot"></a></p>`;

describe("the address of an upload", () => {
  test.each([
    ["as GitHub writes it", image(`${SIGNED}&amp;x=1`), `${SIGNED}&x=1`],
    ["behind another picture", image(`${HOST}/1/1-${OTHER}.png?jwt=fake`) + image(SIGNED), SIGNED],
    ["behind an alt text with angle brackets", image(SIGNED, 'alt="a > b"'), SIGNED],
  ])("is found %s", (_, html, address) => expect(at(html)).toBe(address));

  test.each([
    ["another's, with the number in a query", image(`${HOST}/1/1-${OTHER}.png?x=${ASSET}`)],
    ["another's, with the number in a fragment", image(`${HOST}/1/1-${OTHER}.png#${ASSET}.png`)],
    ["another's, with the number in a folder", image(`${HOST}/${ASSET}/1-${OTHER}.png`)],
    ["another's, with more behind the number", image(`${HOST}/1/1-${ASSET}0.png`)],
    ["at another host", image(`https://evil.example/1/1-${ASSET}.png`)],
    ["at a host that only ends so", image(`https://evil-private-user-images.githubusercontent.com/1/1-${ASSET}.png`)],
    ["at a place of GitHub's where anybody writes", image(`https://raw.githubusercontent.com/e/x/main/1-${ASSET}.png`)],
    [
      "with a name before the host",
      image(`https://private-user-images.githubusercontent.com@evil.example/1-${ASSET}.png`),
    ],
    ["with a user", image(`https://u:p@private-user-images.githubusercontent.com/1/1-${ASSET}.png`)],
    ["without encryption", image(`http://private-user-images.githubusercontent.com/1/1-${ASSET}.png`)],
    ["in a link alone", `<a href="${SIGNED}">shot</a>`],
    ["in words alone", `<p>${SIGNED}</p>`],
    ["in an attribute that ends in src", `<img data-canonical-src="${SIGNED}" src="https://camo.example/1">`],
    ["in the words of an attribute", `<img alt="&lt;img src=&quot;${SIGNED}&quot;" src="https://camo.example/1">`],
    ["in single quotes", `<img src='${SIGNED}'>`],
  ])("is nobody's %s", (_, html) => expect(at(html)).toBeNull());
});

describe("a picture", () => {
  const GIF = "GIF89a and so on";
  const ask = async (body: string | Uint8Array, status = 200, comment: number | null = 7) => {
    let url = "";
    const shown = () => ({
      status: 200,
      body: { body_html: image(`${url}/private/1-${ASSET}.png?jwt=fake`) },
    });
    const { server, repository } = await startGitHub({
      "GET /repos/alice/demo/issues/comments/7": shown,
      "GET /repos/alice/demo/issues/12": shown,
      [`GET /private/1-${ASSET}.png`]: {
        status,
        body,
        headers: { "content-type": "image/gif", location: "/elsewhere" },
      },
      "GET /elsewhere": { status: 200, body: GIF },
    });
    url = server.url;
    const asked = repository.picture({ asset: ASSET, issueNumber: 12, comment });
    return { asked, server };
  };

  test.each([7, null])("is taken from where it is shown (%s), without a token", async (comment) => {
    const { asked, server } = await ask(GIF, 200, comment);
    await using _ = server;
    expect((await asked)?.kind).toBe("gif");
    expect(callsOf(server.seen)).toHaveLength(2);
    expect(server.seen.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, false]);
  });

  test.each<[string, string, number]>([
    ["of no kind that models take", "<svg xmlns='http://www.w3.org/2000/svg'/>", 200],
    ["that is not there", GIF, 404],
    ["that is elsewhere", GIF, 302],
    ["of more than 5 MB", GIF.padEnd(5 * 1024 * 1024 + 1, "x"), 200],
  ])("%s is none", async (_, body, status) => {
    const { asked, server } = await ask(body, status);
    await using __ = server;
    expect(await asked).toBeNull();
  });

  test("is asked for again later where GitHub fails", async () => {
    const { asked, server } = await ask(GIF, 503);
    await using _ = server;
    expect(await githubFailureOf(asked)).toMatchObject({ kind: "unavailable" });
  });
});
