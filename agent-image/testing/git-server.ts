import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dirname, join } from "node:path";

/** Real git over HTTP (`git http-backend`) on bare repositories below one folder; one token opens all of them. */
export type GitServer = {
  url: string;
  tokens: Set<string>;
  /** Those of them that may push. */
  writers: Set<string>;
  /** Every request line, and whether it came with a token. */
  requests: { line: string; authorized: boolean }[];
  repository(fullName: string): TestRepository;
  close(): Promise<void>;
};

export type TestRepository = {
  directory: string;
  cloneUrl: string;
  /** Runs git in the bare repository and returns its output. */
  git(...args: string[]): string;
  /** Keeps a file's content and returns its sha. */
  hash(content: Buffer): string;
  /** The tree of a commit with these paths set, or taken out where their entry is null. */
  treeWith(commit: string, paths: readonly { path: string; entry: { mode: string; sha: string } | null }[]): string;
  /** Writes a commit with these files to a branch of the bare repository; null removes a file. Returns its sha. */
  commit(branch: string, files: Record<string, string | null>, message?: string): string;
};

export async function startGitServer(root: string): Promise<GitServer> {
  const tokens = new Set<string>();
  const writers = new Set<string>();
  const requests: GitServer["requests"] = [];
  const server = createServer((request, response) => {
    const token = passwordOf(request);
    const authorized = tokens.has(token);
    requests.push({ line: `${request.method} ${request.url}`, authorized });
    if (!authorized) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("Invalid username or token.\n");
      return;
    }
    if ((request.url ?? "").includes("git-receive-pack") && !writers.has(token)) {
      response.writeHead(403).end("Write access to repository not granted.\n");
      return;
    }
    serve(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    tokens,
    writers,
    requests,
    repository: (fullName) => createRepository(root, url, fullName),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const AUTHOR = {
  GIT_AUTHOR_NAME: "Octo Cat",
  GIT_AUTHOR_EMAIL: "octocat@example.com",
  GIT_COMMITTER_NAME: "Octo Cat",
  GIT_COMMITTER_EMAIL: "octocat@example.com",
};

function createRepository(root: string, url: string, fullName: string): TestRepository {
  const directory = join(root, `${fullName}.git`);
  mkdirSync(dirname(directory), { recursive: true });
  const run = (args: string[], input?: string | Buffer, env: Record<string, string> = {}): string =>
    execFileSync("git", args, {
      cwd: root,
      input,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", ...AUTHOR, ...env },
    }).trimEnd();
  run(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", directory]);
  const git = (...args: string[]): string => run(["--git-dir", directory, ...args]);
  appendFileSync(join(directory, "config"), "[http]\n\treceivepack = true\n");
  return {
    directory,
    cloneUrl: `${url}/${fullName}.git`,
    git,
    hash: (content) => run(["--git-dir", directory, "hash-object", "-w", "--stdin"], content),
    treeWith(commit, paths) {
      const index = { GIT_INDEX_FILE: join(directory, "set.index"), GIT_DIR: directory };
      run(["read-tree", commit], undefined, index);
      const line = ({ path, entry }: (typeof paths)[number]): string =>
        `${entry?.mode ?? 0} ${entry?.sha ?? "0".repeat(40)} 0\t${path}\0`;
      // What goes comes first, so that its name is free.
      const ordered = paths.toSorted((one, other) => Number(one.entry !== null) - Number(other.entry !== null));
      run(["update-index", "-z", "--index-info"], ordered.map(line).join(""), index);
      return run(["write-tree"], undefined, index);
    },
    commit(branch, files, message = "Start") {
      const parent = git("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`);
      const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
      const change = ([path, content]: [string, string | null]): string =>
        content === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(content)}`;
      return run(
        ["--git-dir", directory, "fast-import", "--quiet", "--date-format=now"],
        [
          `commit refs/heads/${branch}\nmark :1\n`,
          `committer ${AUTHOR.GIT_COMMITTER_NAME} <${AUTHOR.GIT_COMMITTER_EMAIL}> now\n`,
          data(`${message}\n`),
          parent && `from ${parent}\n`,
          ...Object.entries(files).map(change),
          "get-mark :1\n",
        ].join(""),
      );
    },
  };
}

/** Makes the pushed-to repository refuse with these words, as a server's hook does. */
export function refusePushes(repository: TestRepository, words: string): void {
  const hook = join(repository.directory, "hooks", "pre-receive");
  mkdirSync(dirname(hook), { recursive: true });
  execFileSync("tee", [hook], {
    input: `#!/bin/sh\necho '${words}' >&2\nexit 1\n`,
    stdio: ["pipe", "ignore", "ignore"],
  });
  chmodSync(hook, 0o755);
}

function passwordOf(request: IncomingMessage): string {
  const [scheme, value] = (request.headers.authorization ?? "").split(" ");
  if (scheme !== "Basic" || !value) return "";
  const text = Buffer.from(value, "base64").toString();
  return text.slice(text.indexOf(":") + 1);
}

function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://git.test");
  const header = (name: string): string => String(request.headers[name] ?? "");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_USER: "porter",
      REMOTE_ADDR: "127.0.0.1",
      ...(header("content-length") ? { CONTENT_LENGTH: header("content-length") } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    let status = 200;
    for (const line of output.subarray(0, Math.max(0, end)).toString().split("\r\n")) {
      const [name = "", value = ""] = line.split(": ");
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else if (name !== "") response.setHeader(name, value);
    }
    response.writeHead(status).end(output.subarray(end + 4));
  });
}
