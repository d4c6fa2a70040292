const pageOf = (address: string): URL | null => (URL.canParse(address) ? new URL(address) : null);

/** GitHub takes the address of an issue for a reference to it; `redirect.github.com` leads there without one. */
function redirectedUrl(url: URL): URL {
  const isGitHub = /^(?:www\.)?github\.com\.?$/.test(url.hostname);
  if (isGitHub && url.pathname.split("/").filter((step) => step !== "").length > 2)
    url.hostname = "redirect.github.com";
  return url;
}

/** The address without what makes a reference of it. Any other one stays as it is. */
export function withoutReference(address: string): string {
  const url = pageOf(address);
  if (url === null) return address;
  const { href } = url;
  return redirectedUrl(url).href === href ? address : url.href;
}

/** The address of a page of the web, such that nothing in it works; null for any other address. */
export function pageAddress(address: string): string | null {
  const url = pageOf(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  url.username = url.password = "";
  return redirectedUrl(url).href.replace(/[[\]*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}
