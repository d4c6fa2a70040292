import { setConnection } from "./connection";

/** Somebody who comes back after this time misses nothing: the stream begins where it was left. */
const REST_AFTER_MS = 60_000;
/** Renewals and short breaks are nobody's business. */
const SAY_LOST_AFTER_MS = 3000;
const REOPEN_MS = { first: 1000, most: 30_000 };

type Handlers = {
  onConnectionStateChange: (change: { state: "idle" | "connecting" | "pending" }) => void;
  onError: (error: { data?: { code?: string } | null | undefined }) => void;
};

/**
 * Keeps one stream open while somebody looks: it rests in a hidden tab, says when the connection is lost, and opens
 * again by itself. `open` starts where the page stands at that moment. The answer ends it for good.
 */
export function keepStream(open: (handlers: Handlers) => { unsubscribe(): void }): () => void {
  let stream: { unsubscribe(): void } | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let sayLost: ReturnType<typeof setTimeout> | undefined;
  let reopen: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isOver = false;

  const isBack = () => {
    clearTimeout(sayLost);
    sayLost = undefined;
    failures = 0;
    setConnection("live");
  };
  const isAway = () => {
    sayLost ??= setTimeout(() => setConnection("lost"), SAY_LOST_AFTER_MS);
  };
  const close = () => {
    stream?.unsubscribe();
    stream = null;
    clearTimeout(reopen);
    clearTimeout(sayLost);
    sayLost = undefined;
  };
  const start = () => {
    close();
    isAway();
    stream = open({
      onConnectionStateChange: ({ state }) => (state === "pending" ? isBack() : isAway()),
      onError: ({ data }) => {
        const code = data?.code;
        stream = null;
        if (code === "UNAUTHORIZED") {
          close();
          isOver = true;
          setConnection("signed_out");
          return;
        }
        if (code === "NOT_FOUND") return;
        isAway();
        const wait = Math.min(REOPEN_MS.most, REOPEN_MS.first * 2 ** failures++) * (0.75 + Math.random() / 2);
        reopen = setTimeout(start, wait);
      },
    });
  };
  const look = () => {
    clearTimeout(rest);
    if (isOver) return;
    if (!document.hidden) {
      if (stream === null) start();
      return;
    }
    rest = setTimeout(() => {
      close();
      setConnection("resting");
    }, REST_AFTER_MS);
  };
  const online = () => !isOver && !document.hidden && start();
  const offline = () => !isOver && setConnection("lost");

  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", online);
  window.addEventListener("offline", offline);
  look();
  return () => {
    isOver = true;
    clearTimeout(rest);
    close();
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", online);
    window.removeEventListener("offline", offline);
  };
}
