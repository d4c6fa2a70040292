import { expect, test } from "vitest";
import { dayIn, readZone, startOfDay, zoneOffsets } from "./zone.ts";

test.each([
  [undefined, "UTC"],
  ["", "UTC"],
  ["Mars/Olympus", "UTC"],
  ["Europe/Berlin; path=/", "UTC"],
  ["Europe/Berlin", "Europe/Berlin"],
])("reads the zone of a cookie %j as %s", (value, zone) => {
  expect(readZone(value)).toBe(zone);
});

test.each([
  ["2026-11-22T23:30:00.000Z", "Europe/Berlin", "2026-11-23"],
  ["2026-07-22T22:30:00.000Z", "Europe/Berlin", "2026-07-23"],
  ["2026-11-22T04:59:00.000Z", "America/New_York", "2026-11-21"],
  ["2026-11-22T18:29:00.000Z", "Asia/Kolkata", "2026-11-22"],
  ["2026-11-22T18:30:00.000Z", "Asia/Kolkata", "2026-11-23"],
])("%s is in %s on %s", (at, zone, day) => {
  expect(dayIn(Date.parse(at), zone)).toBe(day);
});

test.each([
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
  ["2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z"],
  ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
  ["2026-01-01", "Pacific/Auckland", "2025-12-31T11:00:00.000Z"],
])("%s begins in %s at %s", (day, zone, at) => {
  expect(startOfDay(day, zone)).toBe(at);
});

test("the day after the last one that can be written has no beginning", () => {
  expect(startOfDay("9999-12-31", "UTC", 1)).toBeNull();
});

test("knows when a zone's clocks changed, to the minute", () => {
  expect(zoneOffsets("Europe/Berlin", Date.parse("2026-11-22T12:00:00Z")).slice(0, 3)).toEqual([
    { since: "2026-10-25T01:00:00.000Z", minutes: 60 },
    { since: "2026-03-29T01:00:00.000Z", minutes: 120 },
    { since: "2025-10-26T01:00:00.000Z", minutes: 60 },
  ]);
  expect(zoneOffsets("Asia/Kolkata", Date.parse("2026-11-22T12:00:00Z"))).toEqual([{ since: "", minutes: 330 }]);
});
