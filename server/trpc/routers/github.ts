import {
  installationsAnswer,
  issueAnswer,
  issueInput,
  issuesAnswer,
  orgsAnswer,
  pageInput,
  profileAnswer,
  repositoriesAnswer,
  searchIssuesInput,
  selectAnswer,
  selectInput,
  summaryAnswer,
} from "@/lib/github-data";
import {
  githubInstallations,
  githubIssue,
  githubOrgs,
  githubProfile,
  githubSummary,
  searchIssues,
} from "@/server/repositories/github-data";
import { githubRepositories, selectRepositories } from "@/server/repositories/list";
import { restMeta, router, userProcedure } from "../init";

/** What GitHub shows to the person who asks, with their own token. */
export const githubRouter = router({
  summary: userProcedure
    .meta(
      restMeta("GET /github/summary", {
        tag: "github",
        summary: "Who you are on GitHub, and where Porter is installed",
      }),
    )
    .output(summaryAnswer)
    .query(({ ctx }) => githubSummary(ctx.app)),

  profile: userProcedure
    .meta(restMeta("GET /github/profile", { tag: "github", summary: "Your GitHub profile" }))
    .output(profileAnswer)
    .query(({ ctx }) => githubProfile(ctx.app)),

  orgs: userProcedure
    .meta(restMeta("GET /github/orgs", { tag: "github", summary: "Your organisations" }))
    .input(pageInput)
    .output(orgsAnswer)
    .query(({ ctx, input }) => githubOrgs(ctx.app, input)),

  installations: userProcedure
    .meta(restMeta("GET /github/installations", { tag: "github", summary: "Porter's installations that you reach" }))
    .input(pageInput)
    .output(installationsAnswer)
    .query(({ ctx, input }) => githubInstallations(ctx.app, input)),

  repositories: userProcedure
    .meta(
      restMeta("GET /github/repositories", {
        tag: "github",
        summary: "Repositories that Porter is installed in and you can read",
      }),
    )
    .input(pageInput)
    .output(repositoriesAnswer)
    .query(({ ctx, input }) => githubRepositories(ctx.app, input)),

  select: userProcedure
    .meta(
      restMeta("PUT /github/repositories/selected", {
        tag: "github",
        summary: "Select the repositories in which Porter acts",
      }),
    )
    .input(selectInput)
    .output(selectAnswer)
    .mutation(({ ctx, input }) => selectRepositories(ctx.app, input.repositories)),

  issue: userProcedure
    .meta(restMeta("GET /github/issues/{owner}/{repo}/{number}", { tag: "github", summary: "One issue" }))
    .input(issueInput)
    .output(issueAnswer)
    .query(({ ctx, input }) => githubIssue(ctx.app, input)),

  searchIssues: userProcedure
    .meta(restMeta("GET /github/issues", { tag: "github", summary: "Open issues of a repository, all or by words" }))
    .input(searchIssuesInput)
    .output(issuesAnswer)
    .query(({ ctx, input }) => searchIssues(ctx.app, input)),
});
