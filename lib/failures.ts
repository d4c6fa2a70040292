import { adviceFix, commandFix, type Fix, pageFix, reconnectFix } from "./fix.ts";
import { LOSSES } from "./losses.ts";

/**
 * Every way in which a task can fail, wait or be refused: one table for comment, page, API and docs.
 * `sentence` is for people and names no internals; `fix` writes a command without its mention (`explain` adds it).
 * `resumes`: the task waits as `queued` with this `blockedReason` and starts by itself after the fix.
 */
export type FailureInfo = { sentence: string; fix: Fix | null; resumes: boolean };

const retry = commandFix("retry");
const diagnostics = pageFix("open diagnostics", "/account");

export const FAILURES = {
  // Waits for the requester.
  missing_account: {
    sentence: "You have no Porter account yet.",
    fix: pageFix("sign in", "/start"),
    resumes: true,
  },
  reconnect_github: {
    sentence: "Porter's access to your GitHub account was revoked.",
    fix: reconnectFix(),
    resumes: true,
  },
  missing_credentials: {
    sentence: "The key for this agent's model provider is missing or was refused.",
    fix: pageFix("add the key", "/settings/providers"),
    resumes: true,
  },
  provider_credit: {
    sentence: "Your account with the model provider has no credit left.",
    fix: pageFix("add credit there, then test the key", "/settings/providers"),
    resumes: true,
  },
  missing_fly_token: {
    sentence: "No Fly token and app that Fly accepts are saved, so there is nowhere to run.",
    fix: pageFix("add your Fly token", "/settings/fly"),
    resumes: true,
  },
  agent_disabled: {
    sentence: "This agent is switched off in your settings.",
    fix: pageFix("switch it on", "/settings/agents"),
    resumes: true,
  },
  // Refused.
  repository_not_selected: {
    sentence: "This repository is not among the ones you selected in Porter.",
    fix: pageFix("select it", "/settings/repositories"),
    resumes: false,
  },
  agent_unmetered: {
    sentence:
      "This agent cannot be metered: its models run in its vendor's cloud with your real key, where Porter can neither count nor limit what they cost.",
    fix: pageFix("switch it on", "/settings/agents"),
    resumes: false,
  },
  machine_too_large: {
    sentence: "This machine is larger than your settings allow.",
    fix: pageFix("allow larger machines", "/settings/defaults#largestMachine"),
    resumes: false,
  },
  not_listed: {
    sentence:
      "This Porter is for the people whom its operator has listed, and the person who asked is not one of them.",
    fix: adviceFix("Ask its operator to be added."),
    resumes: false,
  },
  access_lost: {
    sentence: "Porter can no longer reach this repository.",
    fix: pageFix("check the installation", "/account"),
    resumes: false,
  },
  permission_lost: {
    sentence: "The person who asked for this may no longer write to the repository.",
    fix: null,
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
    fix: reconnectFix(),
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
    sentence: "GitHub's rate limit held Porter up for too long.",
    fix: null,
    resumes: false,
  },
  github_unavailable: {
    sentence: "GitHub did not answer for too long.",
    fix: null,
    resumes: false,
  },
  branch_rules: {
    sentence: "Rules of the repository on GitHub refuse whatever Porter could write there, so nothing was started.",
    fix: adviceFix("An admin can let Porter's App bypass them, or set another branch prefix."),
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
  no_changes: { sentence: "The agent says that nothing has to be changed.", fix: null, resumes: false },
  agent_asks: {
    sentence: "The agent asks a question before it goes on.",
    fix: commandFix("your answer"),
    resumes: false,
  },
  provider_auth: {
    sentence: "The model provider refused the key.",
    fix: pageFix("replace the key", "/settings/providers"),
    resumes: false,
  },
  provider_limit: {
    sentence: "The model provider refused for rate or credit.",
    fix: { ...pageFix("check your plan with the provider", "/settings/providers"), next: "retry" },
    resumes: false,
  },
  model_unavailable: {
    sentence: "The model provider does not offer this model to this key.",
    fix: pageFix("choose another model", "/settings/agents"),
    resumes: false,
  },
  agent_failed: { sentence: "The agent ended with an error.", fix: retry, resumes: false },
  agent_stalled: { sentence: "The agent went silent and was stopped.", fix: retry, resumes: false },
  budget_spent: {
    sentence: "The budget of the task is spent.",
    fix: adviceFix("Comment retry with a larger --budget, or raise the one in your settings."),
    resumes: false,
  },
  timed_out: {
    sentence: "The time limit was reached.",
    fix: pageFix("raise the limit", "/settings/defaults"),
    resumes: false,
  },
  blocked_too_long: { sentence: "Nothing was fixed for 7 days, so this was dropped.", fix: retry, resumes: false },
  secret_in_changes: {
    sentence: "A credential of this run appeared in the changes.",
    fix: retry,
    resumes: false,
  },
  empty_repository: { sentence: "The repository has no commits yet: push a first one.", fix: retry, resumes: false },
  base_branch_missing: {
    sentence: "The base branch does not exist.",
    fix: adviceFix("Comment again and name another one with --base."),
    resumes: false,
  },
  clone_failed: { sentence: "The repository could not be cloned.", fix: retry, resumes: false },
  set_up_failed: {
    sentence: "The set-up that the repository requires failed.",
    fix: retry,
    resumes: false,
  },
  network_open: {
    sentence: "The machine's network could not be sealed, and an open one is not allowed for this run.",
    fix: pageFix("see whose network your Fly app is in", "/settings/fly"),
    resumes: false,
  },
  push_rejected: { sentence: "GitHub refused the push.", fix: retry, resumes: false },
  not_written: { sentence: "Porter could not write the work to GitHub.", fix: null, resumes: false },
  waits_for_click: {
    sentence: "In this repository work is published after a click.",
    fix: adviceFix("Look at the work on the run's page and publish it."),
    resumes: false,
  },
  never_published: { sentence: "Nobody published the work in time.", fix: retry, resumes: false },
  pull_request_refused: {
    sentence: "GitHub refused the pull request.",
    fix: null,
    resumes: false,
  },
  disk_full: { sentence: "The machine ran out of disk space.", fix: null, resumes: false },
  out_of_memory: {
    sentence: "The machine ran out of memory; --machine asks for a larger one.",
    fix: pageFix("choose a larger machine", "/settings/defaults#machineSize"),
    resumes: false,
  },
  fly_auth: {
    sentence: "Fly refused the token.",
    fix: pageFix("replace the Fly token", "/settings/fly"),
    resumes: false,
  },
  fly_app_missing: {
    sentence: "The Fly app does not exist or belongs to another organisation.",
    fix: pageFix("check the Fly app", "/settings/fly"),
    resumes: false,
  },
  fly_billing: {
    sentence: "Fly starts no machine before its bill or payment method is put right.",
    fix: { ...pageFix("put it right in Fly's billing", "/settings/fly"), next: "retry" },
    resumes: false,
  },
  image_unavailable: {
    sentence: "Fly cannot load Porter's machine image; Porter's operator has to put that right.",
    fix: null,
    resumes: false,
  },
  machine_rejected: {
    sentence: "Fly rejected the machine's configuration.",
    fix: pageFix("check the Fly settings", "/settings/fly"),
    resumes: false,
  },
  machine_capacity: { sentence: LOSSES.machine_capacity, fix: retry, resumes: false },
  machine_lost: { sentence: LOSSES.machine_lost, fix: retry, resumes: false },
  machine_never_started: { sentence: LOSSES.machine_never_started, fix: retry, resumes: false },
  runner_crashed: { sentence: LOSSES.runner_crashed, fix: retry, resumes: false },
  runner_misconfigured: {
    sentence: "The machine was not set up as a run needs it; Porter's operator has to put that right.",
    fix: null,
    resumes: false,
  },
  not_handed_out: { sentence: LOSSES.not_handed_out, fix: retry, resumes: false },
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

/** What to do about it, with commands as this Porter takes them. */
export function fixFor(code: FailureCode, mention: string): Fix | null {
  const { fix }: FailureInfo = FAILURES[code];
  return fix?.kind === "command" ? commandFix(`@${mention} ${fix.command}`) : fix;
}

export const FAILURE_CODES = Object.keys(FAILURES) as [FailureCode, ...FailureCode[]];

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
