import { redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";

/** Where the fix of a missing account leads: sign in, then what a first task needs. */
export default async function StartPage() {
  await signedInPage("/start");
  redirect("/settings");
}
