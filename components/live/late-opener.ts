/** After so many times it is not the line: the client went with an older build. */
const MOST_MISSES = 3;

type Subscription = { unsubscribe(): void };
type LoadPorts<Client> = { load: () => Promise<Client>; tellMissing: () => void };
type Opening<Client> = { open: (client: Client) => Subscription; onError: (error: { data?: undefined }) => void };

/**
 * Opens streams as soon as their client is loaded. A client that does not come is a failure of the stream: whoever
 * keeps the stream says so and opens again.
 */
export function createLateOpener<Client>({ load, tellMissing }: LoadPorts<Client>) {
  let misses = 0;
  return ({ open, onError }: Opening<Client>): Subscription => {
    let stream: Subscription | null = null;
    let isOver = false;
    load().then(
      (client) => {
        if (!isOver) stream = open(client);
      },
      () => {
        misses += 1;
        if (misses === MOST_MISSES) tellMissing();
        if (!isOver) onError({});
      },
    );
    return {
      unsubscribe() {
        isOver = true;
        stream?.unsubscribe();
      },
    };
  };
}
