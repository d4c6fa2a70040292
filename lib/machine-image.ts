import type { AgentId } from "./agents.ts";
import type { SetUpImage } from "./set-up/kinds.ts";

/** `slim`, or `slim-claude` for one with that agent alone: what set-up calls the images that it builds. */
export const IMAGE_NAME = /^(?:full|slim)(?:-[a-z]+)?$/;

/** The operator's images: the one that every run can have, and others by their names. */
type Images = { AGENT_IMAGE: string; AGENT_IMAGES: Readonly<Record<string, string>> };
/** `image`: what the repository asks for; null: nothing. */
type Wanted = { image: SetUpImage | null; agent: AgentId };

/**
 * The reference of the image for a run: of those that the operator has, the smallest one that has what the repository
 * asks for and its agent. The one that every run can have stands for each that there is not.
 */
export function imageOf({ AGENT_IMAGE, AGENT_IMAGES }: Images, { image, agent }: Wanted): string {
  const base = image ?? "full";
  const named = [`${base}-${agent}`, base].find((name) => Object.hasOwn(AGENT_IMAGES, name));
  return (named === undefined ? undefined : AGENT_IMAGES[named]) ?? AGENT_IMAGE;
}
