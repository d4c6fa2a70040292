import { redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";

/** Linked from failures (lib/failures). */
export default async function AccountPage() {
  await signedInPage("/account");
  redirect("/settings");
}
