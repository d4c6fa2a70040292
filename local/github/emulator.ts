import { createEmulator } from "emulate";
import { z } from "zod";
import { appAuthorization, type LocalAppIdentity } from "./app-jwt.ts";
import { type HttpAnswer, parseJson } from "./exchange.ts";

type Call = { method: string; path: string; authorization?: string | undefined; body?: unknown };
type Forward = { method: string; path: string; headers: Record<string, string>; body: Buffer };

const onlyForOneConnection = /^(connection|content-encoding|content-length|date|keep-alive|transfer-encoding)$/;

/** How many tokens each owner has for the front's own calls, and how often one is used: the emulator allows 5,000 an hour. */
const ownerTokens = 40;
const callsPerToken = 4_000;

const ownerToken = (login: string, index: number): string => `front-${login}-${index}`;

/** The tokens of the front itself, for the emulator's seed: they act as a repository's owner. */
export function ownerTokenSeed(logins: string[]): Record<string, { login: string; scopes: string[] }> {
  const entries = logins.flatMap((login) =>
    Array.from({ length: ownerTokens }, (_, index): [string, { login: string; scopes: string[] }] => [
      ownerToken(login, index),
      { login, scopes: ["repo"] },
    ]),
  );
  return Object.fromEntries(entries);
}

/** The emulator behind the front (`emulate`), spoken to over HTTP on a loopback port of its own. */
export class Emulator {
  readonly #url: string;
  readonly #publicUrl: string;
  readonly #app: LocalAppIdentity;
  readonly #stop: () => Promise<void>;
  #ownerCalls = 0;

  private constructor(started: { url: string; publicUrl: string; app: LocalAppIdentity; stop: () => Promise<void> }) {
    this.#url = started.url;
    this.#publicUrl = started.publicUrl;
    this.#app = started.app;
    this.#stop = started.stop;
  }

  /** `publicUrl` is the front's address: the emulator writes it into every link it answers. */
  static async start(options: {
    publicUrl: string;
    port: number;
    seed: Record<string, unknown>;
    app: LocalAppIdentity;
  }): Promise<Emulator> {
    const { publicUrl, port, seed, app } = options;
    const running = await createEmulator({ service: "github", port, hostname: "127.0.0.1", baseUrl: publicUrl, seed });
    return new Emulator({ url: `http://127.0.0.1:${port}`, publicUrl, app, stop: () => running.close() });
  }

  close(): Promise<void> {
    return this.#stop();
  }

  /** Acts as the owner of a repository, whatever the caller may do. */
  owner(login: string): string {
    this.#ownerCalls += 1;
    return `Bearer ${ownerToken(login, Math.floor(this.#ownerCalls / callsPerToken) % ownerTokens)}`;
  }

  app(): Promise<string> {
    return appAuthorization(this.#app);
  }

  async forward({ method, path, headers, body }: Forward): Promise<HttpAnswer> {
    const response = await fetch(this.#url + path, {
      method,
      headers,
      body: body.length > 0 ? new Uint8Array(body) : null,
      redirect: "manual",
    });
    const kept = [...response.headers]
      .filter(([name]) => !onlyForOneConnection.test(name))
      // The links of a paged list name the host that was asked.
      .map(([name, value]): [string, string] => [
        name,
        name === "link" ? value.replaceAll(this.#url, this.#publicUrl) : value,
      ]);
    return {
      status: response.status,
      headers: Object.fromEntries(kept),
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  send({ method, path, authorization, body }: Call): Promise<HttpAnswer> {
    const headers: Record<string, string> = { accept: "application/vnd.github+json" };
    if (authorization !== undefined) headers.authorization = authorization;
    if (body !== undefined) headers["content-type"] = "application/json";
    return this.forward({ method, path, headers, body: Buffer.from(body === undefined ? "" : JSON.stringify(body)) });
  }

  /** The parsed answer of a GET, or undefined when the emulator refuses it or has no such thing. */
  async read<T>(schema: z.ZodType<T>, path: string, authorization: string | undefined): Promise<T | undefined> {
    const answer = await this.send({ method: "GET", path, authorization });
    return answer.status === 200 ? schema.parse(parseJson(answer.body)) : undefined;
  }

  /** Every entry of a list, over all its pages. */
  async list<T>(schema: z.ZodType<T>, path: string, authorization: string): Promise<T[]> {
    const all: T[] = [];
    for (let number = 1; ; number += 1) {
      const query = `${path.includes("?") ? "&" : "?"}per_page=100&page=${number}`;
      const items = await this.read(z.array(schema), path + query, authorization);
      all.push(...(items ?? []));
      if (items === undefined || items.length < 100) return all;
    }
  }

  /** The parsed answer of a call that must succeed. Throws with the emulator's words when it does not. */
  async call<T>(schema: z.ZodType<T>, call: Call): Promise<T> {
    const answer = await this.send(call);
    if (answer.status >= 300) {
      throw new Error(`emulator: ${call.method} ${call.path}: ${answer.status} ${answer.body.toString("utf8")}`);
    }
    return schema.parse(parseJson(answer.body));
  }
}
