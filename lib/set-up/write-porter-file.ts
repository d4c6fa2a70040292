import { stringify } from "yaml";
import { SET_UP_MINUTES } from "./fields.ts";
import type { SetUp } from "./find.ts";

/** The `.porter.yml` that says what Porter does without one. */
export function writePorterFile(setUp: SetUp): string {
  const { run, required, timeoutMinutes, start, services, env, secrets, image } = setUp;
  const isPlain = !required && timeoutMinutes === SET_UP_MINUTES;
  const step = isPlain ? run : { run, required, timeout: timeoutMinutes };
  const keys = {
    ...(run === null ? {} : { setup: step }),
    ...(start === null ? {} : { start }),
    ...(services.length === 0 ? {} : { services }),
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(image === null ? {} : { image }),
  };
  const from = setUp.from.length === 0 ? [] : [`# Found in ${setUp.from.join(", ")}.`];
  const head = ["# How Porter sets a machine up before an agent works in this repository.", ...from];
  const body =
    Object.keys(keys).length === 0
      ? "# Nothing here says how. Such as:\n# setup: npm ci\n"
      : stringify(keys, { lineWidth: 0, blockQuote: "literal" });
  return `${head.join("\n")}\n${body}`;
}
