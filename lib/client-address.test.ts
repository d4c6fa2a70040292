import { describe, expect, it } from "vitest";
import { clientOf } from "./client-address";

describe("whose request it is", () => {
  it.each([
    [null, "unknown"],
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s is counted as %s", (address, client) => {
    expect(clientOf(new Headers(address === null ? {} : { "cf-connecting-ip": address }))).toBe(client);
  });
});
