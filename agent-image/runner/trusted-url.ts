/**
 * Whether a secret may travel to this address: https anywhere, http only on this machine.
 * No credentials inside the URL.
 */
export function mayCarrySecrets(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
