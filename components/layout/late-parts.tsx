"use client";
import Toaster from "@/components/ui/toaster";
import { ZoneKeeper } from "./zone-keeper";

/** What comes when the page has nothing else to do, in one piece. */
export default function LateParts() {
  return (
    <>
      <Toaster />
      <ZoneKeeper />
    </>
  );
}
