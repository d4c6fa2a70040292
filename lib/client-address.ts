/**
 * Whose request it is, for counting: the address that the platform saw. Of an IPv6 address the network alone, in which
 * everybody has as many addresses as they like.
 */
export function clientOf(headers: Headers): string {
  const address = headers.get("cf-connecting-ip")?.trim().toLowerCase() ?? "";
  if (!address.includes(":")) return address || "unknown";
  const [head = "", tail] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
