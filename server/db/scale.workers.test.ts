import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { z } from "zod";
import { HEAVY } from "@/server/testing/scale/fill";
import { inScaleWorld } from "@/server/testing/scale/in-world";
import { GROWS_WITH, growthOf, SORTS_FEW, STOPS, unindexedSteps } from "@/server/testing/scale/judge";

const asked = z.array(z.int().positive()).parse(JSON.parse(env.SCALE_RUN));

it("reads as many rows in a large database as in a small one, by every method of every store", () =>
  inScaleWorld(async (world) => {
    await world.begin(100);
    await world.growTo(200);
    const small = await world.measureAll();
    await world.growTo(2000);
    const large = await world.measureAll();
    expect(small.length).toBeGreaterThan(120);
    expect(growthOf(small, large)).toEqual([]);
    expect(unindexedSteps(large)).toEqual([]);
    const known = new Set(large.map(({ method }) => method));
    expect(
      [...Object.keys(GROWS_WITH), ...Object.keys(SORTS_FEW), ...Object.keys(STOPS)].filter((name) => !known.has(name)),
    ).toEqual([]);
  }));

it.runIf(asked.length > 0)("tells what every method reads in the sizes that the bench asked for", () =>
  inScaleWorld(async (world) => {
    await world.begin();
    for (const tasks of asked) {
      await world.growTo(tasks);
      const report = {
        tasks,
        bytes: world.bytes(),
        pages: await world.measurePages(),
        methods: await world.measureAll(),
      };
      // oxlint-disable-next-line no-console -- bench/scale.ts reads it
      console.log(`SCALE ${JSON.stringify(report)}`);
    }
  }),
);

it("reads under 300 rows for the pages of a person with 10,000 tasks", () =>
  inScaleWorld(async (world) => {
    await world.begin(HEAVY.tasks);
    for (const { page, read } of await world.measurePages()) expect(read, page).toBeLessThan(300);
  }));
