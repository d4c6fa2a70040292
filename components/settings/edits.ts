import { mergeConfig } from "@/lib/merge-config";
import { configUpdateSchema, type ConfigUpdate, type PorterConfig } from "@/lib/porter-config";
import type { Setting, SettingGroup } from "./setting";
import { withCapital, withoutFullStop } from "@/lib/sentence";

/**
 * A change that is not saved yet. `from` is what its author saw when they began it: a save asks what became of that
 * since, so that two tabs never overwrite each other unseen.
 */
export type SettingEdit = {
  id: string;
  label: string;
  group: SettingGroup;
  from: string;
  to: string;
  mine: string;
  update: ConfigUpdate;
  /** The setting's value in a config, for comparing and for showing. */
  valueIn: (config: PorterConfig) => string;
  shownIn: (config: PorterConfig) => string;
};
export type Edits = Readonly<Record<string, SettingEdit>>;

/** A setting that somebody else changed to something else since the edit began. */
export type Conflict = { id: string; label: string; mine: string; theirs: string };

/** NaN (a number being typed) is no JSON and would read as null. */
const same = (value: unknown): string => (Number.isNaN(value) ? "not a number" : JSON.stringify(value));

/** The edits after `setting` was set to `value`; an edit back to what `config` holds is none. */
export function withEdit<Value>(
  edits: Edits,
  config: PorterConfig,
  { setting, value }: { setting: Setting<Value>; value: Value },
): Edits {
  const { id, label, group, read, show } = setting;
  const { [id]: before, ...others } = edits;
  if (same(value) === same(read(config))) return others;
  const edit: SettingEdit = {
    id,
    label,
    group,
    from: before?.from ?? same(read(config)),
    to: same(value),
    mine: show(value),
    update: setting.update(value),
    valueIn: (other) => same(read(other)),
    shownIn: (other) => show(read(other)),
  };
  return { ...others, [id]: edit };
}

/** All edits as one update; only what was edited is in it. */
export function updateOf(edits: Edits): ConfigUpdate {
  const all: ConfigUpdate = {};
  for (const { update } of Object.values(edits)) {
    const { agents, settings, onboarding, network, ...rest } = update;
    Object.assign(all, rest);
    if (settings !== undefined) all.settings = { ...all.settings, ...settings };
    if (network !== undefined) all.network = { ...all.network, ...network };
    if (onboarding !== undefined) all.onboarding = { ...all.onboarding, ...onboarding };
    for (const [name, change] of Object.entries(agents ?? {}))
      all.agents = { ...all.agents, [name]: { ...all.agents?.[name], ...change } };
  }
  return all;
}

/** The config as it looks with `edits`, before the server has them. */
export const withEdits = (config: PorterConfig, edits: Edits): PorterConfig => mergeConfig(config, updateOf(edits));

/** What `latest` holds otherwise than both the edit and what its author saw. */
export const conflictsWith = (edits: Edits, latest: PorterConfig): Conflict[] =>
  Object.values(edits)
    .filter((edit) => edit.valueIn(latest) !== edit.from && edit.valueIn(latest) !== edit.to)
    .map(({ id, label, mine, shownIn }) => ({ id, label, mine, theirs: shownIn(latest) }));

/** The edits seen from `latest`: without those it holds already and those in `dropped`; the rest are meant knowingly. */
export function rebaseEdits(edits: Edits, latest: PorterConfig, dropped: ReadonlySet<string>): Edits {
  const kept = Object.values(edits)
    .filter((edit) => !dropped.has(edit.id) && edit.valueIn(latest) !== edit.to)
    .map((edit): [string, SettingEdit] => [edit.id, { ...edit, from: edit.valueIn(latest) }]);
  return Object.fromEntries(kept);
}

/** What is left of the edits once `sent` is on its way; `shown` has both. What it holds already is no edit. */
export const unsentEdits = (edits: Edits, sent: Edits, shown: PorterConfig): Edits =>
  Object.fromEntries(
    Object.entries(edits).filter(([id, edit]) => edit.to !== sent[id]?.to && edit.valueIn(shown) !== edit.to),
  );

/** Edits that could not be saved, with those made since: these began with what was saved before both. */
export function restoredEdits(failed: Edits, since: Edits, saved: PorterConfig): Edits {
  const all = Object.values({ ...failed, ...since }).map((edit): SettingEdit => ({
    ...edit,
    from: failed[edit.id]?.from ?? edit.from,
  }));
  return Object.fromEntries(
    all.filter((edit) => edit.valueIn(saved) !== edit.to).map((edit): [string, SettingEdit] => [edit.id, edit]),
  );
}

/** What is wrong with the edits, by setting id: the sentences of the schema that the server checks with. */
export function mistakesIn(edits: Edits): Record<string, string> {
  const read = configUpdateSchema.safeParse(updateOf(edits));
  if (read.success) return {};
  const mistakes: Record<string, string> = {};
  for (const issue of read.error.issues) {
    const path = issue.path.join(".");
    const edit = Object.values(edits).find(({ id }) => path === id || path.startsWith(`${id}.`));
    if (edit !== undefined) mistakes[edit.id] ??= sentence(issue);
  }
  return mistakes;
}

type Issue = { code?: string; message: string; minimum?: unknown; maximum?: unknown };

/** Zod speaks of types; people are told the limit. */
function sentence(issue: Issue): string {
  if (issue.code === "too_small") return `At least ${String(issue.minimum)}.`;
  if (issue.code === "too_big") return `At most ${String(issue.maximum)}.`;
  if (issue.code === "invalid_type") return "A whole number is needed.";
  return `${withCapital(withoutFullStop(issue.message))}.`;
}
