import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { Arrival } from "@/components/settings/arrival";
import { AuditSection } from "@/components/settings/audit-section";
import { isSection, SECTIONS } from "@/components/settings/sections";
import { SettingsSectionPage } from "@/components/settings/settings-section-page";
import { auditInput } from "@/lib/audit";

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

/**
 * Links in failures name a section each (lib/failures); `?provider=` names the key that is meant, `?allow=` a host that
 * stands in the field then.
 */
export default async function SettingsPage({ params, searchParams }: { params: Params; searchParams: Query }) {
  const [name = "agents", ...more] = (await params).section ?? [];
  const elsewhere = ELSEWHERE[name];
  if (elsewhere !== undefined && more.length === 0) redirect(elsewhere);
  if (!isSection(name) || more.length > 0) notFound();
  if (name === "audit") return <Audit cursor={(await searchParams)["cursor"]} />;
  const given = await searchParams;
  const one = (key: string) => (typeof given[key] === "string" ? given[key] : null);
  const [provider, allow] = [one("provider"), one("allow")?.slice(0, 260) ?? null];
  const query = new URLSearchParams({
    ...(provider === null ? {} : { provider }),
    ...(allow === null ? {} : { allow }),
  }).toString();
  await signedInPage(`/settings/${name}${query === "" ? "" : `?${query}`}`);
  return <SettingsSectionPage section={name} provider={provider} allow={allow} />;
}

/** A page of lines; what is no place among them is the newest page. */
async function Audit({ cursor }: { cursor: string | string[] | undefined }) {
  const parsedCursor = auditInput.shape.cursor.safeParse(cursor).data;
  const { api, userId } = await signedInPage(
    `/settings/audit${parsedCursor === undefined ? "" : `?cursor=${parsedCursor}`}`,
  );
  return (
    <>
      <Arrival ids={["audit-title"]} />
      <AuditSection
        page={await api.account.audit({ cursor: parsedCursor })}
        userId={userId}
        isLater={parsedCursor !== undefined}
      />
    </>
  );
}
