import type { HttpAnswer, HttpExchange } from "./exchange.ts";

export type Parameters = Record<string, string>;
type Handler = (exchange: HttpExchange, parameters: Parameters) => Promise<HttpAnswer> | HttpAnswer;

export type HttpRoute = { method: string; pattern: URLPattern; handle: Handler };

/** `pathname` is a URLPattern path, such as `/repos/:owner/:repo/issues/:number(\\d+)`. */
export function defineRoute(method: string, pathname: string, handle: Handler): HttpRoute {
  return { method, pattern: new URLPattern({ pathname }), handle };
}

/** The answer of the first route that matches, or undefined when none does. */
export async function dispatchRequest(routes: HttpRoute[], exchange: HttpExchange): Promise<HttpAnswer | undefined> {
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
export function parameterOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}
