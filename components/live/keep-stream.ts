import { backOff } from "@/lib/back-off";
import { setConnection } from "./connection";

/** Somebody who comes back after this time misses nothing: the stream begins where it was left. */
const REST_AFTER_MS = 60_000;
/** Renewals and short breaks are nobody's business. */
const SAY_LOST_AFTER_MS = 3000;
const REOPEN_MS = { first: 1000, longest: 30_000 };
/** A stream that worked this long ends because it is renewed, not because something is broken. */
const PROVEN_MS = 30_000;
/** A beat that comes so much late says that the computer slept: whatever was open then is dead, but does not know it. */
const BEAT_MS = 5000;
const SLEPT_MS = 20_000;

type Failure = { data?: { code?: string } | null | undefined };
type Handlers = {
  /** A message came: what is shown is true now. */
  onArrival: () => void;
  onConnectionStateChange: (change: { state: "idle" | "connecting" | "pending"; error?: Failure | null }) => void;
  onError: (error: Failure) => void;
};

/**
 * Keeps one stream open while somebody looks: it rests in a hidden tab, says when the connection is lost, and opens
 * again by itself. `open` starts where the page stands at that moment. The answer ends it permanently.
 */
export function keepStream(open: (handlers: Handlers) => { unsubscribe(): void }): () => void {
  const absence = createAbsence();
  let stream: { unsubscribe(): void } | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let reopen: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  let arrivedAt: number | null = null;
  let failures = 0;
  let isOver = false;

  const arrive = () => {
    absence.end();
    arrivedAt ??= Date.now();
    setConnection("live");
  };
  const drop = () => {
    // What a stream says that has been given up is no news.
    turn += 1;
    clearTimeout(reopen);
    stream?.unsubscribe();
    stream = null;
    arrivedAt = null;
  };
  const close = () => {
    drop();
    absence.end();
  };
  /** At once where an old stream is renewed, else after a while that grows: nobody storms a server that is in need. */
  const again = (isRenewal: boolean) => {
    const isProven = arrivedAt !== null && Date.now() - arrivedAt >= PROVEN_MS;
    if (isProven) failures = 0;
    drop();
    absence.begin();
    const wait = isRenewal && isProven ? 0 : backOff(REOPEN_MS, failures++, Math.random());
    reopen = setTimeout(start, wait);
  };
  const fail = ({ data }: Failure) => {
    if (data?.code === "UNAUTHORIZED") {
      close();
      isOver = true;
      setConnection("signed_out");
    } else if (data?.code === "NOT_FOUND") close();
    else again(data?.code === "SERVICE_UNAVAILABLE");
  };
  const start = () => {
    drop();
    absence.begin();
    const mine = turn;
    const isMine = () => turn === mine;
    stream = open({
      onArrival: () => isMine() && arrive(),
      onConnectionStateChange: ({ state, error }) => {
        if (isMine() && state === "connecting" && error != null) fail(error);
      },
      onError: (error) => isMine() && fail(error),
    });
  };
  const goToRest = () => {
    close();
    setConnection("resting");
  };
  const look = () => {
    clearTimeout(rest);
    if (isOver) return;
    if (document.hidden) rest = setTimeout(goToRest, REST_AFTER_MS);
    else if (stream === null) start();
  };
  const unwatch = watchTab({
    look,
    isBack: () => !isOver && !document.hidden && start(),
    isGone: () => !isOver && setConnection("lost"),
  });
  look();
  return () => {
    isOver = true;
    clearTimeout(rest);
    unwatch();
    close();
  };
}

/** A time without a stream; once it lasts, people are told. */
function createAbsence() {
  let sayLost: ReturnType<typeof setTimeout> | undefined;
  return {
    begin() {
      sayLost ??= setTimeout(() => setConnection("lost"), SAY_LOST_AFTER_MS);
    },
    end() {
      clearTimeout(sayLost);
      sayLost = undefined;
    },
  };
}

type Watcher = {
  /** The tab was shown or hidden. */
  look: () => void;
  /** What was open is dead or may be: the network is back, the computer slept, the browser kept the page away. */
  isBack: () => void;
  isGone: () => void;
};

/** Tells of everything that happens to a tab and that ends a stream without a word. */
function watchTab({ look, isBack, isGone }: Watcher): () => void {
  let beatAt = Date.now();
  const beat = () => {
    const isLate = Date.now() - beatAt > BEAT_MS + SLEPT_MS;
    beatAt = Date.now();
    if (isLate) isBack();
  };
  const shown = () => {
    look();
    beat();
  };
  const restored = ({ persisted }: PageTransitionEvent) => {
    if (persisted) isBack();
  };
  const timer = setInterval(beat, BEAT_MS);
  document.addEventListener("visibilitychange", shown);
  window.addEventListener("pageshow", restored);
  window.addEventListener("online", isBack);
  window.addEventListener("offline", isGone);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", shown);
    window.removeEventListener("pageshow", restored);
    window.removeEventListener("online", isBack);
    window.removeEventListener("offline", isGone);
  };
}
