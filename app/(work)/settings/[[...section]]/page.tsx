import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { isSection, SECTIONS } from "@/components/settings/sections";
import { SettingsSectionPage } from "@/components/settings/settings-section-page";

type Params = Promise<{ section?: string[] }>;
type Query = Promise<Record<string, string | string[] | undefined>>;

/** Parts that stand on the account page. */
const ELSEWHERE: Record<string, string> = {
  account: "/account",
  sessions: "/account#sessions",
  diagnostics: "/account",
  danger: "/account#danger",
};

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const [name = "agents"] = (await params).section ?? [];
  return { title: isSection(name) ? `${SECTIONS[name]} · Settings` : "Settings" };
}

/** Links in failures name a section each (lib/failures); `?provider=` names the key that is meant. */
export default async function SettingsPage({ params, searchParams }: { params: Params; searchParams: Query }) {
  const [name = "agents", ...more] = (await params).section ?? [];
  const elsewhere = ELSEWHERE[name];
  if (elsewhere !== undefined && more.length === 0) redirect(elsewhere);
  if (!isSection(name) || more.length > 0) notFound();
  const given = (await searchParams)["provider"];
  const provider = typeof given === "string" ? given : null;
  await signedInPage(`/settings/${name}${provider === null ? "" : `?provider=${encodeURIComponent(provider)}`}`);
  return <SettingsSectionPage section={name} provider={provider} />;
}
