import { once } from "node:events";
import type { Socket } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { plainHost } from "./host-list.ts";
import { RefusedByPorter } from "./refused-by-porter.ts";
import { serverName } from "./server-name.ts";

const LONGEST_HELLO = 16 * 1024;
const HELLO_MS = 30_000;

/**
 * Passes TLS on to a host, unopened, once its first message has named that host. Throws `RefusedByPorter` when it does not;
 * the connection to the host is closed then, and nothing was sent.
 */
export async function tunnelTls(client: Duplex, host: string, upstream: Socket): Promise<void> {
  upstream.on("error", () => client.destroy());
  client.on("close", () => upstream.destroy());
  try {
    const { hello, name } = await readHello(client);
    if (name === null) throw new RefusedByPorter("not_tls");
    if (plainHost(name) !== host) throw new RefusedByPorter("server_name");
    upstream.write(hello);
  } catch (error) {
    upstream.destroy();
    throw error;
  }
  // pipeline throws, and so would end the supervisor, when one of them is gone already.
  if (client.destroyed || upstream.destroyed) {
    client.destroy();
    upstream.destroy();
    return;
  }
  pipeline(client, upstream, client, () => undefined);
}

/** All that came until the name was known, or could not be. */
async function readHello(client: Duplex): Promise<{ hello: Buffer; name: string | null }> {
  const gone = new AbortController();
  client.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(HELLO_MS)]);
  let hello = Buffer.alloc(0);
  while (hello.length < LONGEST_HELLO && !client.readableEnded) {
    const chunk: unknown = client.read();
    if (Buffer.isBuffer(chunk)) {
      hello = Buffer.concat([hello, chunk]);
      const name = serverName(hello);
      if (name !== undefined) return { hello, name };
    } else await once(client, "readable", { signal });
  }
  return { hello, name: null };
}
