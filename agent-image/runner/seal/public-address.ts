import type { LookupAddress } from "node:dns";
import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";

// Private, shared, loopback, link-local with the clouds' metadata, protocol assignments, benchmarks, 6to4 relays,
// multicast and reserved; Azure's metadata has a public address. Documentation ranges are not here: private mirrors
// stand in them.
const CLOSED_V4 =
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 " +
  "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 224.0.0.0/3";
// Teredo and 6to4 carry any v4 address.
const CLOSED_V6 = "2001::/32 2002::/16";
// All else of v6 is closed: fdaa::/16 of Fly's private networks, link-local, mapped and translated v4 addresses.
const GLOBAL_V6 = "2000::/3";

const closed = blockList(`${CLOSED_V4} ${CLOSED_V6}`);
const global6 = blockList(GLOBAL_V6);

function blockList(ranges: string): BlockList {
  const list = new BlockList();
  for (const range of ranges.split(" ")) {
    const [address = "", bits] = range.split("/");
    list.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

/** Whether an address is out in the world, and not this machine's own. */
export function isPublic({ address, family }: LookupAddress): boolean {
  const kind = family === 6 ? "ipv6" : "ipv4";
  if (closed.check(address, kind) || (kind === "ipv6" && !global6.check(address, kind))) return false;
  return !ownAddresses().check(address, kind);
}

function ownAddresses(): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])) {
    own.addAddress(address, family === "IPv6" ? "ipv6" : "ipv4");
  }
  return own;
}
