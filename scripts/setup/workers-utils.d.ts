/** Where wrangler declares what it hands on; the package with the declarations is none of its dependencies. */
declare module "@cloudflare/workers-utils" {
  export function experimental_readRawConfig(from: { config: string }): { rawConfig: unknown };
}
