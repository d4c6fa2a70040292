/** What Porter starts beside an agent: on 127.0.0.1, with their usual ports. */
export const SERVICES = ["postgres", "redis"] as const;
export type SetUpService = (typeof SERVICES)[number];

/** Images that a machine may be made of. */
export const IMAGES = ["full", "slim"] as const;
export type SetUpImage = (typeof IMAGES)[number];
