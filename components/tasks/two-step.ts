import { createStore, type Store } from "@/components/layout/store";

const ARMED_MS = 4000;

/** For what cannot be taken back: the first call arms a thing, the second one within four seconds is meant. */
export type TwoStep = {
  /** What is armed. */
  armed: Store<string | null>;
  /** Whether the thing is meant. */
  confirm: (id: string) => boolean;
  disarm: () => void;
};

export function createTwoStep(): TwoStep {
  const armed = createStore<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const disarm = () => {
    clearTimeout(timer);
    armed.set(null);
  };
  return {
    armed,
    disarm,
    confirm(id) {
      const isMeant = armed.get() === id;
      disarm();
      if (isMeant) return true;
      armed.set(id);
      timer = setTimeout(disarm, ARMED_MS);
      return false;
    },
  };
}
