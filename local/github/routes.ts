import type { Answer, Exchange } from "./exchange.ts";

export type Parameters = Record<string, string>;
type Handler = (exchange: Exchange, parameters: Parameters) => Promise<Answer> | Answer;

export type Route = { method: string; pattern: URLPattern; handle: Handler };

/** `pathname` is a URLPattern path, such as `/repos/:owner/:repo/issues/:number(\\d+)`. */
export function route(method: string, pathname: string, handle: Handler): Route {
  return { method, pattern: new URLPattern({ pathname }), handle };
}

/** The answer of the first route that matches, or undefined when none does. */
export async function dispatch(routes: Route[], exchange: Exchange): Promise<Answer | undefined> {
  for (const { method, pattern, handle } of routes) {
    if (method !== exchange.method) continue;
    const groups = pattern.exec({ pathname: exchange.path })?.pathname.groups;
    if (groups === undefined) continue;
    const parameters: Parameters = {};
    for (const [name, value] of Object.entries(groups)) {
      if (value !== undefined) parameters[name] = decodeURIComponent(value);
    }
    return handle(exchange, parameters);
  }
  return undefined;
}

/** A parameter the route's pattern guarantees. */
export function parameter(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}
