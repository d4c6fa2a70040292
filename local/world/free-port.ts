import { randomInt } from "node:crypto";
import { createServer, type AddressInfo } from "node:net";

/** Below what systems give to whoever asks for any port: nobody else is given one of these meanwhile. */
const OWN = { first: 20_000, end: 32_000 };
const TRIES = 10;

/**
 * A free port on loopback: the first free one of `preferred`, else one that nobody gets by chance before it is used,
 * else any. Whoever takes it next wins, so use it soon.
 */
export async function freePort(preferred: number[] = []): Promise<number> {
  const own = Array.from({ length: TRIES }, () => randomInt(OWN.first, OWN.end));
  for (const port of [...preferred, ...own, 0]) {
    const free = await tryListen(port);
    if (free !== null) return free;
  }
  throw new Error("no free port on 127.0.0.1");
}

function tryListen(port: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const { port: taken } = server.address() as AddressInfo;
      server.close(() => resolve(taken));
    });
  });
}
