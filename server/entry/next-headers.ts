import { parseAndValidateFlightRouterState } from "next/dist/server/app-render/parse-and-validate-flight-router-state";

const PATH = /^\/[\x21-\x7e]{0,2000}$/;
const MARK = /^1$/;

/**
 * What Next's own client sends besides a page's address. Next answers 500 for some of it that it cannot read, which is
 * the sender's mistake; and it trusts some that only Next itself may say.
 */
const READABLE: Record<string, (value: string) => boolean> = {
  rsc: (value) => MARK.test(value),
  "next-router-state-tree": isRouterState,
  "next-router-prefetch": (value) => /^[123]$/.test(value),
  "next-router-segment-prefetch": (value) => PATH.test(value),
  "next-url": (value) => PATH.test(value),
  // Porter has no server actions: nobody has an id of one.
  "next-action": () => false,
  "next-hmr-refresh": () => false,
  "next-resume": () => false,
};

/** The name of the first header that Next's client would not send; null: there is none. */
export function unexpectedNextHeader(headers: Headers): string | null {
  for (const [name, isReadable] of Object.entries(READABLE)) {
    const value = headers.get(name);
    if (value !== null && !isReadable(value)) return name;
  }
  return null;
}

function isRouterState(value: string): boolean {
  try {
    parseAndValidateFlightRouterState(value);
    return true;
  } catch {
    return false;
  }
}
