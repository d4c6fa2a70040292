import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { PageBody, Shell } from "@/components/layout/shell";
import { SettingsForm } from "@/components/settings/settings-form";

export const metadata: Metadata = { title: "Settings" };

/** Links in failures name a section each (lib/failures); for now all of them are on one page. */
const SECTIONS = ["providers", "fly", "agents", "defaults", "repositories"];

export default async function SettingsPage({ params }: { params: Promise<{ section?: string[] }> }) {
  const { section = [] } = await params;
  const [wanted] = section;
  if (section.length > 1 || (wanted !== undefined && !SECTIONS.includes(wanted))) notFound();
  const { api, login, now } = await signedInPage(wanted === undefined ? "/settings" : `/settings/${wanted}`);
  if (wanted !== undefined) redirect(`/settings#${wanted}`);
  const initial = await api.config.get();
  return (
    <Shell login={login} now={now}>
      <PageBody>
        <h1 className="text-xl font-semibold">Settings</h1>
        <SettingsForm initial={initial} />
      </PageBody>
    </Shell>
  );
}
