import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { promisify } from "node:util";
import { CannotSeal, type Namespace } from "./namespace.ts";

const PROBE_MS = 15_000;
const [LEAKY, DOORLESS] = [10, 11];

/**
 * What the agent would find: nothing of the machine's own loopback, no other kind of socket, no new user namespace; and a
 * door that says no. Arguments: a port outside, the door's port.
 */
const PROGRAM = `
  use Socket;
  my ($outside, $door) = @ARGV;
  sub reaches { my ($port) = @_; socket(my $s, PF_INET, SOCK_STREAM, 0) or return;
    connect($s, pack_sockaddr_in($port, inet_aton("127.0.0.1"))) or return; return $s }
  exit ${LEAKY} if reaches($outside) or socket(my $vsock, 40, 1, 0) or socket(my $packet, 17, 3, 0);
  my $client = reaches($door) or exit ${DOORLESS};
  syswrite $client, "CONNECT refused.invalid:443 HTTP/1.1\\r\\nhost: refused.invalid:443\\r\\n\\r\\n";
  sysread $client, my $answer, 100;
  exit($answer =~ / 403 / ? 0 : ${DOORLESS});
`;

/** Throws `CannotSeal` where a namespace does not hold what it should, or its door does not answer. */
export async function probeNamespace(namespace: Namespace): Promise<void> {
  const outside = createServer((client) => client.destroy()).listen(0, "127.0.0.1");
  await once(outside, "listening");
  const address = outside.address();
  const port = typeof address === "object" ? address?.port : 0;
  const args = ["-e", PROGRAM, "--", String(port), String(namespace.handed.proxy.port)];
  const { file, args: entering } = namespace.enter({ file: "/usr/bin/perl", args }, "/");
  try {
    await promisify(execFile)(file, entering, { env: { PATH: "/usr/bin:/bin" }, timeout: PROBE_MS });
  } catch (error) {
    const isLeaky = error instanceof Error && "code" in error && error.code === LEAKY;
    throw new CannotSeal(isLeaky ? "leaky" : "not_permitted", isLeaky ? "something gets out" : lastLine(error));
  } finally {
    outside.close();
  }
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  return said.trim().split("\n").at(-1) || "the door does not answer";
}
