/**
 * Every way in which a task can fail, wait or be refused: one table for comment, page, API and docs.
 * `sentence` is for people and names no internals; `fix` is a path of Porter's own pages or a command.
 * `resumes`: the task waits as `queued` with this `blockedReason` and starts by itself after the fix.
 */
export type Fix = { label: string; path: string } | { command: string };
/** The fix with commands as this Porter takes them: the table writes them with its usual name. */
export const fixFor = (fix: Fix | null, mention: string): Fix | null =>
  fix !== null && "command" in fix ? { command: fix.command.replace(/^@porter\b/, `@${mention}`) } : fix;
export type FailureInfo = { sentence: string; fix: Fix | null; resumes: boolean };

const retry: Fix = { command: "@porter retry" };
const diagnostics: Fix = { label: "open diagnostics", path: "/account" };

export const FAILURES = {
  // Waits for the requester (rulings 2).
  missing_account: {
    sentence: "You have no Porter account yet.",
    fix: { label: "sign in", path: "/start" },
    resumes: true,
  },
  reconnect_github: {
    sentence: "Porter's access to your GitHub account was revoked.",
    fix: { label: "reconnect GitHub", path: "/api/auth/github?reconnect=1" },
    resumes: true,
  },
  missing_credentials: {
    sentence: "The key for this agent's model provider is missing or was refused.",
    fix: { label: "add the key", path: "/settings/providers" },
    resumes: true,
  },
  missing_fly_token: {
    sentence: "No Fly token and app that Fly accepts are saved, so there is nowhere to run.",
    fix: { label: "add your Fly token", path: "/settings/fly" },
    resumes: true,
  },
  agent_disabled: {
    sentence: "This agent is switched off in your settings.",
    fix: { label: "switch it on", path: "/settings/agents" },
    resumes: true,
  },
  // Refused.
  repository_not_selected: {
    sentence: "This repository is not among the ones you selected in Porter.",
    fix: { label: "select it", path: "/settings/repositories" },
    resumes: false,
  },
  machine_too_large: {
    sentence: "This machine is larger than your settings allow.",
    fix: { label: "allow larger machines", path: "/settings/defaults#largestMachine" },
    resumes: false,
  },
  access_lost: {
    sentence: "Porter can no longer reach this repository.",
    fix: { label: "check the installation", path: "/account" },
    resumes: false,
  },
  // GitHub refuses something, and the repository is not lost.
  github_ip_allow_list: {
    sentence: "The organisation's IP allow list on GitHub keeps Porter out: an owner of it can let Porter in.",
    fix: null,
    resumes: false,
  },
  github_saml: {
    sentence: "The organisation's single sign-on on GitHub (SAML) keeps Porter out until you have signed in to it.",
    fix: { label: "reconnect GitHub", path: "/api/auth/github?reconnect=1" },
    resumes: false,
  },
  github_permission: {
    sentence: "Porter's GitHub App lacks a permission in this repository.",
    fix: diagnostics,
    resumes: false,
  },
  repository_archived: {
    sentence: "The repository is archived, so nothing can be written to it.",
    fix: null,
    resumes: false,
  },
  github_refused: {
    sentence: "GitHub refused a request of Porter's, though Porter can reach the repository.",
    fix: diagnostics,
    resumes: false,
  },
  github_limited: {
    sentence: "GitHub's rate limit held Porter up for too long; the branch is pushed.",
    fix: null,
    resumes: false,
  },
  github_unavailable: {
    sentence: "GitHub did not answer for too long; the branch is pushed.",
    fix: null,
    resumes: false,
  },
  daily_cap_person: {
    sentence: "You have started as many runs in 24 hours as this Porter allows a person.",
    fix: null,
    resumes: false,
  },
  daily_cap_repository: {
    sentence: "As many runs were started in this repository in 24 hours as this Porter allows.",
    fix: null,
    resumes: false,
  },
  // Ended.
  stopped_by_user: { sentence: "Stopped on request.", fix: retry, resumes: false },
  issue_closed: { sentence: "Stopped because the issue was closed.", fix: retry, resumes: false },
  no_changes: { sentence: "The agent found nothing to change.", fix: null, resumes: false },
  agent_asks: {
    sentence: "The agent asks a question before it goes on.",
    fix: { command: "@porter your answer" },
    resumes: false,
  },
  provider_auth: {
    sentence: "The model provider refused the key.",
    fix: { label: "replace the key", path: "/settings/providers" },
    resumes: false,
  },
  provider_limit: {
    sentence: "The model provider refused for rate or credit.",
    fix: { label: "check your plan with the provider, then retry", path: "/settings/providers" },
    resumes: false,
  },
  model_unavailable: {
    sentence: "The model provider does not offer this model to this key.",
    fix: { label: "choose another model", path: "/settings/agents" },
    resumes: false,
  },
  agent_failed: { sentence: "The agent ended with an error.", fix: retry, resumes: false },
  agent_stalled: { sentence: "The agent went silent and was stopped.", fix: retry, resumes: false },
  timed_out: {
    sentence: "The time limit was reached.",
    fix: { label: "raise the limit", path: "/settings/defaults" },
    resumes: false,
  },
  blocked_too_long: { sentence: "Nothing was fixed for 7 days, so this was dropped.", fix: retry, resumes: false },
  secret_in_changes: {
    sentence: "A credential of this run appeared in the changes, so nothing was pushed.",
    fix: retry,
    resumes: false,
  },
  empty_repository: { sentence: "The repository has no commits yet: push a first one.", fix: retry, resumes: false },
  base_branch_missing: {
    sentence: "The base branch does not exist; name another with --base.",
    fix: null,
    resumes: false,
  },
  clone_failed: { sentence: "The repository could not be cloned.", fix: retry, resumes: false },
  push_rejected: { sentence: "GitHub refused the push.", fix: retry, resumes: false },
  pull_request_refused: {
    sentence: "GitHub refused the pull request; the branch is pushed.",
    fix: null,
    resumes: false,
  },
  disk_full: { sentence: "The machine ran out of disk space.", fix: null, resumes: false },
  out_of_memory: {
    sentence: "The machine ran out of memory; --machine asks for a larger one.",
    fix: { label: "choose a larger machine", path: "/settings/defaults#machineSize" },
    resumes: false,
  },
  fly_auth: {
    sentence: "Fly refused the token.",
    fix: { label: "replace the Fly token", path: "/settings/fly" },
    resumes: false,
  },
  fly_app_missing: {
    sentence: "The Fly app does not exist or belongs to another organisation.",
    fix: { label: "check the Fly app", path: "/settings/fly" },
    resumes: false,
  },
  fly_billing: {
    sentence: "Fly starts no machine before its bill or payment method is put right.",
    fix: { label: "put it right in Fly's billing, then retry", path: "/settings/fly" },
    resumes: false,
  },
  image_unavailable: {
    sentence: "Fly cannot load Porter's machine image; Porter's operator has to put that right.",
    fix: null,
    resumes: false,
  },
  machine_rejected: {
    sentence: "Fly rejected the machine's configuration.",
    fix: { label: "check the Fly settings", path: "/settings/fly" },
    resumes: false,
  },
  machine_capacity: { sentence: "Fly had no capacity.", fix: retry, resumes: false },
  machine_lost: { sentence: "The machine disappeared while the task ran.", fix: retry, resumes: false },
  machine_never_started: { sentence: "The machine did not start in time.", fix: retry, resumes: false },
  runner_crashed: { sentence: "The program that runs the agent crashed.", fix: retry, resumes: false },
  runner_misconfigured: {
    sentence: "The machine was not set up as a run needs it; Porter's operator has to put that right.",
    fix: null,
    resumes: false,
  },
  not_handed_out: { sentence: "The machine started, but Porter did not give it the task.", fix: retry, resumes: false },
  result_undelivered: {
    sentence: "The run ended, but its result did not reach Porter.",
    fix: retry,
    resumes: false,
  },
  porter_challenged: {
    sentence: "A bot check stands before Porter and kept its machine out; Porter's operator has to put that right.",
    fix: null,
    resumes: false,
  },
  launch_contract: {
    sentence: "Something that a run needs is missing.",
    fix: diagnostics,
    resumes: false,
  },
  internal: { sentence: "Porter made a mistake.", fix: retry, resumes: false },
} as const satisfies Record<string, FailureInfo>;

export type FailureCode = keyof typeof FAILURES;
export const FAILURE_CODES = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]];

/** Faults of machines and networks, for which Porter starts another attempt by itself (spec `maxRetries`). */
export const INFRASTRUCTURE_FAILURES: readonly FailureCode[] = [
  "machine_capacity",
  "machine_lost",
  "machine_never_started",
  "runner_crashed",
  "not_handed_out",
];

/** Faults of how this Porter is set up: nobody but its operator can end them. */
export const OPERATOR_FAILURES = [
  "image_unavailable",
  "runner_misconfigured",
  "porter_challenged",
  "launch_contract",
  "internal",
] as const satisfies readonly FailureCode[];
/** Under which name they are counted, a week at a time. */
export const operatorFailureKey = (code: (typeof OPERATOR_FAILURES)[number]): string => `operator_failure:${code}`;
