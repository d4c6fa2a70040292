import { getCloudflareContext, initOpenNextCloudflareForDev } from "@opennextjs/cloudflare";
import type { NextConfig } from "next";
import { waitingD1 } from "./local/world/waiting-d1.ts";

const config: NextConfig = {
  // No image optimiser: it would be a second way to reach other hosts (security notes in docs/).
  images: { unoptimized: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` is the gate for types; a build only builds.
  typescript: { ignoreBuildErrors: true },
};

/** Not at the top level: `next dev` compiles this file to a form that cannot wait there. */
export default async function configureNext(): Promise<NextConfig> {
  // The local world (local/world/porter-dev.ts) names its own bindings and data; without it wrangler's defaults hold.
  const { PORTER_DEV_CONFIG: configPath, PORTER_DEV_STATE: path } = process.env;
  const development = configPath && path ? { configPath, persist: { path } } : undefined;
  if (process.env.NODE_ENV === "development") await initOpenNextCloudflareForDev(development);
  if (development !== undefined) waitForEngine();
  return config;
}

/** The engine beside `next dev` writes to the same database file. Next reads this file in a process without bindings, too. */
function waitForEngine(): void {
  let env: CloudflareEnv;
  try {
    ({ env } = getCloudflareContext());
  } catch {
    return;
  }
  env.DB = waitingD1(env.DB);
}
