/** Why a call may not leave the machine. */
export type RefusalReason =
  | "not_a_name"
  | "not_listed"
  | "port"
  | "private_address"
  | "server_name"
  | "not_tls"
  | "not_http"
  | "other_host"
  | "writes";

const WORDS: Record<RefusalReason, string> = {
  not_a_name: "it is an address or no full name",
  not_listed: "it is not on the list of this run",
  port: "only the ports 80 and 443 are open",
  private_address: "its address is a private one",
  server_name: "the TLS connection asks for another name",
  not_tls: "what comes is not TLS, or names no server",
  not_http: "what comes is no request for a proxy",
  other_host: "the request is for another host",
  writes: "git may read public repositories here, and nothing else",
};

/** A call that Porter refuses, as opposed to one that fails. */
export class RefusedByPorter extends Error {
  override readonly name = "RefusedByPorter";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(WORDS[reason]);
    this.reason = reason;
  }
}

/** What the caller is told. npm prints `error` of a JSON body; most others show the status alone. */
export const refusalBody = (host: string, port: number, refused: RefusedByPorter): string =>
  `${JSON.stringify({ error: `Porter keeps ${host}:${port} closed to this run: ${refused.message}.` })}\n`;

export const statusOf = (error: unknown): number => (error instanceof RefusedByPorter ? 403 : 502);
