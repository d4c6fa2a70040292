import { createServer, type AddressInfo } from "node:net";

/**
 * A free port on loopback: the first free one of `preferred`, else any. Whoever takes it next wins, so use it at once.
 */
export async function freePort(preferred: number[] = []): Promise<number> {
  for (const port of [...preferred, 0]) {
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
