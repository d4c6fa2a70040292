import { type Api, loadApi } from "@/components/layout/api";
import { tellMissingPart } from "@/components/layout/late";

/** After so many times it is not the line: the client went with an older build. */
const MOST_MISSES = 3;
let misses = 0;

type Subscription = { unsubscribe(): void };

/**
 * Opens a stream as soon as the API's client is there. A client that does not come is a failure of the stream: whoever
 * keeps the stream says so and opens again.
 */
export function openSoon(
  { onError }: { onError: (error: { data?: undefined }) => void },
  open: (api: Api) => Subscription,
): Subscription {
  let stream: Subscription | null = null;
  let isOver = false;
  loadApi().then(
    (api) => {
      if (!isOver) stream = open(api);
    },
    () => {
      misses += 1;
      if (misses === MOST_MISSES) tellMissingPart();
      if (!isOver) onError({});
    },
  );
  return {
    unsubscribe() {
      isOver = true;
      stream?.unsubscribe();
    },
  };
}
