import { createStore, type Store } from "./store";

/** Calls of which one at a time is on its way: a second one while it is does nothing. */
export type SingleFlight<Kind extends string> = {
  /** What is on its way. */
  busy: Store<Kind | null>;
  /** Whether the call was made and went well. */
  run: (kind: Kind, call: () => Promise<void>) => Promise<boolean>;
};

/** `say` gets what failed. */
export function createSingleFlight<Kind extends string>(say: (error: unknown) => void): SingleFlight<Kind> {
  const busy = createStore<Kind | null>(null);
  return {
    busy,
    async run(kind, call) {
      if (busy.get() !== null) return false;
      busy.set(kind);
      try {
        await call();
        return true;
      } catch (error) {
        say(error);
        return false;
      } finally {
        busy.set(null);
      }
    },
  };
}
