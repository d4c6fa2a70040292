import type { Metadata } from "next";
import { ApiReferencePage } from "@/components/docs/api-reference";
import { composeFromNext } from "@/server/composition/compose-next";
import { apiReference } from "@/server/rest/reference";

export const metadata: Metadata = { title: "API" };

/** The API for people; machines read /api/openapi.json. Open to everybody. */
export default async function ApiDocsPage() {
  const { env } = await composeFromNext();
  return <ApiReferencePage reference={apiReference(env.PUBLIC_URL, env.MENTION)} />;
}
