/** Set by the image's build. */
declare const PORTER_RUNNER_VERSION: string | undefined;

export const RUNNER_VERSION = typeof PORTER_RUNNER_VERSION === "string" ? PORTER_RUNNER_VERSION : "source";
