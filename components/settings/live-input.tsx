"use client";
import type { ComponentProps } from "react";
import { useIsHydrated } from "@/components/layout/clock";
import { Input } from "@/components/ui/input";

/** Takes text from when the page's script is there: what was typed before would be shown and not known. */
export const LiveInput = (props: ComponentProps<typeof Input>) => <Input readOnly={!useIsHydrated()} {...props} />;
