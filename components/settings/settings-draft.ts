import { problemOf, problemSentence } from "@/components/layout/problem";
import { createStore, type Store } from "@/components/layout/store";
import type { showToast } from "@/components/ui/toast";
import type { ConfigUpdate, PorterConfig } from "@/lib/porter-config";
import {
  type Conflict,
  conflictsWith,
  withEdit,
  type Edits,
  rebaseEdits,
  restoredEdits,
  unsentEdits,
  updateOf,
  withEdits,
} from "./edits";
import type { Setting } from "./setting";

/** Another tab saved the same settings otherwise; a person must choose. */
export type Clash = { edits: Edits; latest: PorterConfig; conflicts: Conflict[] };
export type DraftState = {
  edits: Edits;
  /** On their way to the server, and shown as saved. */
  sending: Edits;
  clash: Clash | null;
  isSaving: boolean;
};

export type DraftPorts = {
  /** As the page holds it to be saved. */
  saved: () => PorterConfig;
  adopt: (config: PorterConfig) => void;
  /** Gives up reading the settings: what that would bring is older than what is being saved. */
  cancelReads: () => Promise<void>;
  load: () => Promise<PorterConfig>;
  update: (change: ConfigUpdate & { revision: number }) => Promise<PorterConfig>;
  say: typeof showToast;
};

export type SettingsDraft = {
  state: Store<DraftState>;
  set: <Value>(setting: Setting<Value>, value: Value) => void;
  save: () => void;
  discard: () => void;
  /** Ends the clash: keeps the edits but for `dropped`, and saves them. */
  resolve: (dropped: ReadonlySet<string>) => void;
  cancel: () => void;
};

/** Edits that are not saved yet, and their way to the server: one save at a time, shown as saved at once. */
export function createSettingsDraft(ports: DraftPorts): SettingsDraft {
  const state = createStore<DraftState>({ edits: {}, sending: {}, clash: null, isSaving: false });
  const change = (to: Partial<DraftState>) => state.set({ ...state.get(), ...to });

  async function send(sending: Edits, base: PorterConfig): Promise<void> {
    change({ sending, edits: unsentEdits(state.get().edits, sending, withEdits(base, sending)) });
    if (Object.keys(sending).length === 0) return;
    try {
      await ports.cancelReads();
      ports.adopt(await ports.update({ ...updateOf(sending), revision: base.revision }));
      change({ sending: {} });
      ports.say(`${namesOf(sending)} saved.`);
    } catch (error) {
      change({ sending: {}, edits: restoredEdits(sending, state.get().edits, ports.saved()) });
      if (problemOf(error).code === "conflict") await meet(sending);
      else ports.say(problemSentence(error), { tone: "bad" });
    }
  }

  /** The server holds a newer revision: what it changed elsewhere stays, what both changed is asked. */
  async function meet(wanted: Edits): Promise<void> {
    const latest = await ports.load();
    const conflicts = conflictsWith(wanted, latest);
    if (conflicts.length > 0) change({ clash: { edits: wanted, latest, conflicts } });
    else await send(rebaseEdits(wanted, latest, new Set()), latest);
  }

  function start(wanted: Edits, base: PorterConfig): void {
    change({ isSaving: true });
    send(wanted, base)
      .catch((error: unknown) => ports.say(problemSentence(error), { tone: "bad" }))
      .finally(() => change({ isSaving: false }))
      .catch(() => {});
  }

  return {
    state,
    set(setting, value) {
      const { edits, sending } = state.get();
      change({ edits: withEdit(edits, withEdits(ports.saved(), sending), { setting, value }) });
    },
    save() {
      const { edits, isSaving } = state.get();
      if (!isSaving && Object.keys(edits).length > 0) start(edits, ports.saved());
    },
    discard: () => change({ edits: {} }),
    resolve(dropped) {
      const { clash, edits } = state.get();
      if (clash === null) return;
      const kept = Object.entries(edits).filter(([id, { to }]) => !dropped.has(id) || to !== clash.edits[id]?.to);
      change({ clash: null, edits: Object.fromEntries(kept) });
      start(rebaseEdits(clash.edits, clash.latest, dropped), clash.latest);
    },
    cancel: () => change({ clash: null }),
  };
}

const namesOf = (edits: Edits): string => {
  const labels = Object.values(edits).map(({ label }) => label);
  return labels.length > 2 ? `${labels.length} settings` : labels.join(" and ");
};
