import { describe, expect, it } from "vitest";
import { AGENT_IDS } from "./agents.ts";
import { IMAGES } from "./set-up/kinds.ts";
import { IMAGE_NAME, imageOf } from "./machine-image.ts";

const AGENT_IMAGE = "registry.test/porter@sha256:0";
const all = Object.fromEntries(
  IMAGES.flatMap((base) => [base, ...AGENT_IDS.map((agent) => `${base}-${agent}`)]).map((name) => [name, name]),
);

describe("the image of a run", () => {
  it("is the operator's one where there is no other, whatever is asked for", () => {
    for (const image of [...IMAGES, null])
      for (const agent of AGENT_IDS)
        expect(imageOf({ AGENT_IMAGE, AGENT_IMAGES: {} }, { image, agent })).toBe(AGENT_IMAGE);
  });

  it("is the one for its agent alone, then the base with all of them, and never another base or another agent", () => {
    for (const image of [...IMAGES, null])
      for (const agent of AGENT_IDS) {
        const base = image ?? "full";
        expect(imageOf({ AGENT_IMAGE, AGENT_IMAGES: all }, { image, agent })).toBe(`${base}-${agent}`);
        const { [`${base}-${agent}`]: _own, ...others } = all;
        expect(imageOf({ AGENT_IMAGE, AGENT_IMAGES: others }, { image, agent })).toBe(base);
        const { [base]: _base, ...rest } = others;
        expect(imageOf({ AGENT_IMAGE, AGENT_IMAGES: rest }, { image, agent })).toBe(AGENT_IMAGE);
      }
  });

  it("has a name that set-up and the variable take, for every base and agent", () => {
    for (const name of Object.keys(all)) expect(name).toMatch(IMAGE_NAME);
    for (const name of ["", "Slim", "slim-", "full-claude-x", "other"]) expect(name).not.toMatch(IMAGE_NAME);
  });
});
