import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { RepositoryPage } from "@/components/repository/repository-page";
import { Notice } from "@/components/ui/notice";
import { type RepositoryReference, repositoryReferenceSchema } from "@/lib/repository-settings";
import type { RepositorySetUp } from "@/lib/set-up/page";

type Props = { params: Promise<{ owner: string; name: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { owner, name } = await params;
  return { title: `${owner}/${name}` };
}

/** How machines are set up in one repository, and what holds for every run in it. */
export default async function OneRepositoryPage({ params }: Props) {
  const { data: repository } = repositoryReferenceSchema.safeParse(await params);
  if (repository === undefined) notFound();
  const setUp = await setUpOf(repository);
  return (
    <PageBody>
      {"problem" in setUp ? (
        <Notice tone="bad">{setUp.problem}</Notice>
      ) : (
        <TrpcProvider>
          <RepositoryPage repository={repository} setUp={setUp} />
        </TrpcProvider>
      )}
    </PageBody>
  );
}

/** `problem`: why this person is not shown it, for them. */
async function setUpOf(repository: RepositoryReference): Promise<RepositorySetUp | { problem: string }> {
  const { api } = await signedInPage(`/repositories/${repository.owner}/${repository.name}`);
  try {
    return await api.repositories.setUp(repository);
  } catch (error) {
    if (!(error instanceof TRPCError) || error.code === "INTERNAL_SERVER_ERROR") throw error;
    if (error.code === "NOT_FOUND") notFound();
    return { problem: error.message };
  }
}
