import type { ReactNode } from "react";
import { PageBody } from "@/components/layout/shell";
import { SettingsNav } from "./settings-nav";

/** Navigation at the side of what people set up. */
export const SettingsFrame = ({ children }: { children: ReactNode }) => (
  <PageBody>
    <h1 className="sr-only">Settings</h1>
    <div className="max-w-5xl md:flex md:gap-10">
      <SettingsNav />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  </PageBody>
);
