import type { AccountStore } from "./account-store";
import type { AttemptStore } from "./attempt-store";
import type { BudgetStore } from "./budget-store";
import type { DeliveryStore } from "./delivery-store";
import type { GitHubAnswerStore } from "./github-answer-store";
import type { ErasureStore } from "./erasure-store";
import type { InstallationStore } from "./installation-store";
import type { LogRows } from "./log-rows";
import type { MentionStore } from "./mention-store";
import type { OperationsStore } from "./operations-store";
import type { PlaceStore } from "./place-store";
import type { SealedStore } from "./sealed-store";
import type { SecretStore } from "./secret-store";
import type { SettingsStore } from "./settings-store";
import type { TaskStore } from "./task-store";
import type { UseCountStore } from "./use-count-store";
import type { WatchStore } from "./watch-store";

/** Every aggregate's store. */
export type Stores = {
  accounts: AccountStore;
  settings: SettingsStore;
  secrets: SecretStore;
  installations: InstallationStore;
  budgets: BudgetStore;
  deliveries: DeliveryStore;
  mentions: MentionStore;
  tasks: TaskStore;
  attempts: AttemptStore;
  operations: OperationsStore;
  places: PlaceStore;
  sealed: SealedStore;
  erasure: ErasureStore;
  githubAnswers: GitHubAnswerStore;
  useCounts: UseCountStore;
  logRows: LogRows;
  watch: WatchStore;
};
