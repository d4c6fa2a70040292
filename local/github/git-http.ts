import { spawn } from "node:child_process";
import path from "node:path";
import { z } from "zod";
import { authorizationOf, knownRepository, mayWriteContents, mayWriteWorkflows } from "./access.ts";
import type { GitHubActor, HttpAnswer, HttpExchange } from "./exchange.ts";
import { gitEnvironment, runProgram } from "./git-repository.ts";
import { pullFromEmulator, pushToEmulator, type SyncedRepository } from "./git-sync.ts";
import { gateEnvironment } from "./push-gate.ts";
import { standardSettings } from "./repository-rules.ts";
import type { Repository, GitHubWorld } from "./world.ts";

const gitPath = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function isGitPath(pathname: string): boolean {
  return gitPath.test(pathname);
}

function text(status: number, body: string, headers: Record<string, string> = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: Buffer.from(body) };
}

const unauthorized = (): HttpAnswer =>
  text(401, "Invalid username or token. Password authentication is not supported for Git operations.\n", {
    "www-authenticate": 'Basic realm="GitHub"',
  });

/** git's smart HTTP for every repository, with `git http-backend` behind the emulator's own permission rules. */
export class GitHttp {
  readonly #world: GitHubWorld;
  readonly #backend: string;

  private constructor(world: GitHubWorld, backend: string) {
    this.#world = world;
    this.#backend = backend;
  }

  static async open(world: GitHubWorld): Promise<GitHttp> {
    const execPath = (await runProgram("git", ["--exec-path"])).toString("utf8").trim();
    return new GitHttp(world, path.join(execPath, "git-http-backend"));
  }

  async answer(exchange: HttpExchange): Promise<HttpAnswer> {
    const [, owner = "", name = "", service = ""] = gitPath.exec(exchange.path) ?? [];
    const writes = service === "git-receive-pack" || exchange.query.get("service") === "git-receive-pack";
    const repository = knownRepository(this.#world, owner, name);
    const denial = await this.#deny(exchange.actor, repository, writes ? "write" : "read");
    if (denial !== undefined) return denial;
    const git = repository === undefined ? undefined : this.#world.bare.get(repository.id);
    if (repository === undefined || git === undefined) return text(404, "Repository not found.\n");
    const synced = { emulator: this.#world.emulator, fullName: repository.fullName, owner: repository.owner, git };
    return this.#world.locks.run(repository.fullName, () => this.#serve(exchange, { synced, repository, service }));
  }

  /** GitHub's answer to somebody who may not: 401 to the unknown, 404 to those who cannot see it, 403 to readers. */
  async #deny(
    actor: GitHubActor,
    repository: Repository | undefined,
    access: "read" | "write",
  ): Promise<HttpAnswer | undefined> {
    if (actor.kind === "app") return unauthorized();
    const who = authorizationOf(actor);
    if (actor.kind === "anonymous" && (access === "write" || repository?.private !== false)) return unauthorized();
    if (repository === undefined) return text(404, "Repository not found.\n");
    const base = `/repos/${repository.fullName}/git`;
    const { emulator } = this.#world;
    const readable = await emulator.read(z.unknown(), `${base}/matching-refs/heads/`, who);
    if (readable === undefined) return text(404, "Repository not found.\n");
    if (access === "read") return undefined;
    if (await mayWriteContents(this.#world, actor, repository)) return undefined;
    const name = actor.kind === "user" ? actor.login : this.#world.bot.login;
    return text(403, `Permission to ${repository.fullName}.git denied to ${name}.\n`);
  }

  async #serve(
    exchange: HttpExchange,
    { synced, repository, service }: { synced: SyncedRepository; repository: Repository; service: string },
  ): Promise<HttpAnswer> {
    const before = await pullFromEmulator(synced);
    const hook = this.#hookEnvironment(exchange.actor, repository);
    const answer = await this.#runBackend(exchange, { directory: synced.git.directory, service, hook });
    if (service !== "git-receive-pack") return answer;
    try {
      for (const ref of await pushToEmulator(synced, before)) this.#world.lag.moved(synced.fullName, ref);
      return answer;
    } catch (error) {
      this.#world.log(`push to ${synced.fullName} could not be kept: ${String(error)}`);
      await synced.git.setBranches(before);
      return text(500, `${String(error)}\n`);
    }
  }

  /** What the pre-receive hook is to know of this push. */
  #hookEnvironment(actor: GitHubActor, repository: Repository): Record<string, string> {
    const { url, settings, signed, lfs } = this.#world;
    const { fullName, defaultBranch } = repository;
    return {
      ...(mayWriteWorkflows(actor) ? {} : { PORTER_REFUSE_WORKFLOWS: "1" }),
      PORTER_LFS_OBJECTS: lfs.oids(fullName).join(" "),
      ...gateEnvironment({
        fullName,
        defaultBranch,
        url,
        settings: settings.get(fullName) ?? standardSettings,
        signed: [...signed.keys()],
      }),
    };
  }

  #runBackend(
    exchange: HttpExchange,
    { directory, service, hook }: { directory: string; service: string; hook: Record<string, string> },
  ): Promise<HttpAnswer> {
    const { actor, headers } = exchange;
    const optional = {
      HTTP_CONTENT_ENCODING: headers["content-encoding"],
      GIT_PROTOCOL: [headers["git-protocol"]].flat()[0],
    };
    const child = spawn(this.#backend, [], {
      stdio: "pipe",
      env: {
        ...gitEnvironment,
        ...hook,
        ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
        GIT_PROJECT_ROOT: path.dirname(directory),
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: `/${path.basename(directory)}/${service}`,
        QUERY_STRING: exchange.query.toString(),
        REQUEST_METHOD: exchange.method,
        CONTENT_TYPE: headers["content-type"] ?? "",
        CONTENT_LENGTH: String(exchange.body.length),
        REMOTE_USER: actor.kind === "user" ? actor.login : actor.kind,
        REMOTE_ADDR: "127.0.0.1",
      },
    });
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const out: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => this.#world.log(`git: ${chunk.toString("utf8").trim()}`));
    child.on("error", reject);
    child.on("close", () => resolve(parseCgi(Buffer.concat(out))));
    // git may answer before it has read everything; its answer tells what happened.
    child.stdin.on("error", () => undefined);
    child.stdin.end(exchange.body);
    return promise;
  }
}

/** A CGI program's output: headers, of which `Status` is the status, an empty line, the body. */
function parseCgi(output: Buffer): HttpAnswer {
  const end = output.indexOf("\r\n\r\n");
  if (end < 0) return text(500, "git http-backend gave no answer\n");
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, end).toString("utf8").split("\r\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (name === "status") status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  return { status, headers, body: output.subarray(end + 4) };
}
