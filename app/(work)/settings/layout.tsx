import type { ReactNode } from "react";
import { pageContext, signedInPage } from "@/app/request-context";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { ConflictDialog } from "@/components/settings/conflict-dialog";
import { DirtyBar } from "@/components/settings/dirty-bar";
import { SettingsFrame } from "@/components/settings/settings-frame";
import { SettingsProvider } from "@/components/settings/use-settings";

/** Around all sections, so that what is not saved yet survives going between them. */
export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const { actor } = await pageContext();
  // Without a session the page itself sends people to sign in: it alone knows the way back.
  if (actor.kind !== "user") return children;
  const { api } = await signedInPage("/settings");
  return (
    <TrpcProvider>
      <SettingsProvider initial={await api.config.get()}>
        <SettingsFrame>
          {children}
          <DirtyBar />
        </SettingsFrame>
        <ConflictDialog />
      </SettingsProvider>
    </TrpcProvider>
  );
}
