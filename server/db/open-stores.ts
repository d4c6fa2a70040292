import { createAccountStore } from "./account-store";
import { createAppSweepStore } from "./app-sweep-store";
import { createAttemptStore } from "./attempt-store";
import { createAuditStore } from "./audit-store";
import { createBudgetStore } from "./budget-store";
import { openDatabase } from "./database";
import type { OnChange } from "./change-seq";
import { createChangeSetStore } from "./change-set-store";
import { createDeliveryStore } from "./delivery-store";
import { createGitHubAnswerStore } from "./github-answer-store";
import { createErasureStore } from "./erasure-store";
import { createIgnoredStore } from "./ignored-store";
import { createInstallationStore } from "./installation-store";
import { createLogRows } from "./log-rows";
import { createMentionStore } from "./mention-store";
import { createObligationStore } from "./obligation-store";
import { createOperationsStore } from "./operations-store";
import { createGitHubLocationStore } from "./github-location-store";
import { createPullStore } from "./pull-store";
import { createRepositorySecretStore } from "./repository-secret-store";
import { createRepositorySettingsStore } from "./repository-settings-store";
import { createRowEndStore } from "./row-end-store";
import { createRequesterStore } from "./requester-store";
import { createSealedStore } from "./sealed-store";
import { createSecretStore } from "./secret-store";
import { createSettingsStore } from "./settings-store";
import { createStartStore } from "./start-store";
import type { Stores } from "./stores";
import { createTaskStore } from "./task-store";
import { createUseCountStore } from "./use-count-store";
import { createWatchStore } from "./watch-store";

/** Every store over one D1 binding. `onChange` hears of every committed change of what people see of tasks. */
export function openStores(d1: D1Database, onChange: OnChange = () => {}): Stores {
  const db = openDatabase(d1);
  return {
    accounts: createAccountStore(db),
    settings: createSettingsStore(db),
    secrets: createSecretStore(db),
    installations: createInstallationStore(db),
    budgets: createBudgetStore(db),
    deliveries: createDeliveryStore(db),
    mentions: createMentionStore(db),
    tasks: createTaskStore(db, onChange),
    pulls: createPullStore(db, onChange),
    attempts: createAttemptStore(db, onChange),
    audit: createAuditStore(db),
    appSweeps: createAppSweepStore(db),
    obligations: createObligationStore(db),
    operations: createOperationsStore(db),
    githubLocations: createGitHubLocationStore(db),
    repositorySecrets: createRepositorySecretStore(db),
    repositorySettings: createRepositorySettingsStore(db),
    rowEnds: createRowEndStore(db),
    requesters: createRequesterStore(db),
    sealed: createSealedStore(db),
    erasure: createErasureStore(db),
    githubAnswers: createGitHubAnswerStore(db),
    useCounts: createUseCountStore(db),
    ignored: createIgnoredStore(db),
    starts: createStartStore(db),
    logRows: createLogRows(db),
    changeSets: createChangeSetStore(db, onChange),
    watch: createWatchStore(db),
  };
}
