import { type ClaimAnswer, type ClaimRequest, PROTOCOL_VERSION } from "@/lib/agent-protocol";
import { PROVIDERS } from "@/lib/providers";
import { trailersOf } from "@/lib/review/trailers";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { CALLBACK_CHECK, callbackTokenOf } from "@/server/tasks/attempt/attempt-plan";
import { contextFilesOf } from "@/server/tasks/attempt/context-files";
import { withTexts } from "@/server/tasks/texts/texts";
import { type MachineSecrets, mintGitToken, openMachineSecrets } from "@/server/tasks/attempt/git-token";
import { machineSetUp } from "@/server/tasks/attempt/machine-set-up";
import { networkPolicy } from "@/server/tasks/attempt/network";
import { isRunning } from "@/server/tasks/attempt/is-running";
import { passForMachine } from "@/server/tasks/pass-gate";
import { checkRequirements, noteRunSecrets } from "@/server/tasks/attempt/requirements";
import { budgetOf, spentBy } from "@/server/tasks/spending";
import type { RunSettings } from "@/server/settings/run-settings";
import type { CalledBack } from "./authenticate";

/** Defaults of a run's guards; the deadline is the user's own setting. */
const LIMITS = { stallTimeoutMs: 300_000, heartbeatMs: 15_000, maxModelRequests: 2000 } as const;
const MIN_TOKEN_LIFE_MS = 15 * 60_000;

/**
 * `POST /api/callbacks/claim`: hands the attempt to the machine that holds its claim token. The same nonce gets
 * the same answer until `started`; another one gets 409.
 */
export async function claimAttempt(
  context: AppContext,
  { attempt, task: row }: CalledBack,
  request: ClaimRequest,
): Promise<ClaimAnswer> {
  if (attempt.endedAt !== null || !isRunning(row, attempt)) throw new AppError("gone", "This attempt is over.");
  const requirements = await checkRequirements(context, row);
  if (!requirements.ok) throw new AppError("unavailable", "The requester's keys are not complete.");
  const { settings } = requirements;
  const task = await withTexts(context, await passForMachine(context, row, { door: "claim", settings }));
  // Derived from the machine's own 256 random bits, so that the same nonce gets the same token and no row holds it.
  const secret = await context.sealer.hmac(
    "callback-token",
    JSON.stringify([task.id, attempt.attempt, attempt.claimSalt, request.nonce]),
    attempt.hmacKeyVersion,
  );
  const callbackToken = callbackTokenOf(secret, attempt);
  const now = context.clock.now();
  const claimed = await context.db.attempts.claim({
    taskId: task.id,
    attempt: attempt.attempt,
    nonceHash: await context.sealer.hmac("claim-nonce", request.nonce, attempt.hmacKeyVersion),
    callbackHmac: await context.sealer.hmac(CALLBACK_CHECK, callbackToken, attempt.hmacKeyVersion),
    now: now.toISOString(),
  });
  if (claimed === null) throw new AppError("conflict", "This attempt was claimed before.");
  const deadlineAt = new Date(
    Date.parse(claimed.claimedAt ?? now.toISOString()) + task.timeoutMinutes * 60_000,
  ).toISOString();
  const budgetUsd = budgetOf(task, settings);
  const setup = await machineSetUp(context, task, attempt.flyApp);
  const [handed, network, attempts] = await Promise.all([
    handOver(context, task, {
      attempt: claimed,
      keys: requirements.keys,
      secrets: setup?.secrets ?? {},
      settings,
    }),
    networkPolicy(context, task, { settings, secrets: requirements.secrets, flyApp: attempt.flyApp }),
    context.db.attempts.ofTask(task.id),
    context.db.attempts.update(task.id, attempt.attempt, { deadlineAt, budgetUsd }),
    noteRunSecrets(context, requirements),
  ]);
  const spentUsd = spentBy(attempts.filter((one) => one.attempt < attempt.attempt));
  const identity = await context.github.app.identity(handed.token);
  return {
    protocol: PROTOCOL_VERSION,
    taskId: task.id,
    attempt: attempt.attempt,
    callbackToken,
    repository: {
      fullName: `${task.repoOwner}/${task.repoName}`,
      cloneUrl: `${context.env.GITHUB_URL}/${task.repoOwner}/${task.repoName}.git`,
      baseBranch: task.baseBranch,
      branch: attempt.branch,
      wipBranch: attempt.wipBranch,
    },
    issue: { number: task.issueNumber, title: task.issueTitle },
    agent: { id: task.agent, model: requirements.model },
    prompt: task.prompt,
    git: {
      token: handed.token,
      expiresAt: handed.expiresAt,
      apiUrl: context.env.GITHUB_API_URL,
      userName: identity.botLogin,
      userEmail: `${identity.botId}+${identity.botLogin}@users.noreply.github.com`,
      trailers: trailersOf(task),
    },
    keys: handed.keys,
    providerBaseUrls: {
      [requirements.provider]:
        context.env.PROVIDER_BASE_URLS[requirements.provider] ?? PROVIDERS[requirements.provider].baseUrl,
    },
    network,
    ...contextFor(task),
    ...setUpFor(setup, handed),
    limits: { ...LIMITS, deadlineAt, maxCostUsd: budgetUsd, spentUsd },
  };
}

/** A repeated claim gets the secrets that were handed over before. */
const setUpFor = (setup: ClaimAnswer["setup"], { secrets }: MachineSecrets): Pick<ClaimAnswer, "setup"> =>
  setup === undefined ? {} : { setup: { ...setup, secrets } };

function contextFor(task: TaskRow): Pick<ClaimAnswer, "context"> {
  const { discussion, pictures } = contextFilesOf(task);
  return discussion === null && pictures.length === 0 ? {} : { context: { discussion, pictures: pictures.length } };
}

/** What was handed over before while its token still has a good while to live: a repeated claim gets the same answer. */
async function handOver(
  context: AppContext,
  task: TaskRow,
  input: {
    attempt: AttemptRow;
    keys: Record<string, string>;
    secrets: Record<string, string>;
    settings: RunSettings;
  },
): Promise<MachineSecrets> {
  const known = await openMachineSecrets(context, input.attempt);
  if (known !== null && Date.parse(known.expiresAt) - context.clock.now().getTime() > MIN_TOKEN_LIFE_MS) return known;
  return mintGitToken(context, task, { ...input });
}
