/** The settings' sections in their order; `lib/failures` links to them by name. */
export const SECTIONS = {
  agents: "Agents",
  providers: "Providers and keys",
  fly: "Fly",
  defaults: "Defaults",
  network: "Network",
  repositories: "Repositories",
  audit: "Audit",
} as const;
export type SectionId = keyof typeof SECTIONS;

export const isSection = (name: string): name is SectionId => Object.hasOwn(SECTIONS, name);
