import type { Metadata } from "next";
import { signedInPage } from "@/app/request-context";
import { DeleteAccount } from "@/components/account/delete-account";
import { Diagnostics } from "@/components/account/diagnostics";
import { Sessions } from "@/components/account/sessions";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { Arrival } from "@/components/settings/arrival";
import { SettingsFrame } from "@/components/settings/settings-frame";

export const metadata: Metadata = { title: "Account" };

/** Who is signed in where, and what GitHub lets Porter do. Failures link here for the installation (lib/failures). */
export default async function AccountPage() {
  const { api, login } = await signedInPage("/account");
  const { sessions } = await api.session.list();
  return (
    <SettingsFrame>
      <Arrival ids={["diagnostics-title"]} />
      <div className="grid gap-10">
        <TrpcProvider>
          {" "}
          <Diagnostics />
          <Sessions login={login} initial={sessions} />
          <DeleteAccount login={login} />
        </TrpcProvider>
      </div>
    </SettingsFrame>
  );
}
