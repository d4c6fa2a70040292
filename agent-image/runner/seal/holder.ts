import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { readJson } from "../../../lib/json.ts";

/** `folders` and `sockets`: what must not be seen inside. `uid`, `gid`: the agent's user. */
const orderSchema = z.object({
  folders: z.array(z.string()),
  sockets: z.array(z.string()),
  uid: z.number().int(),
  gid: z.number().int(),
});
export type HolderOrder = z.infer<typeof orderSchema>;

export const DOOR_NAMES = ["names", "plain", "secure", "proxy", "model", "git"] as const;
/** What comes with each of the listening sockets. */
export const handedSchema = z.object({ name: z.enum(DOOR_NAMES), port: z.number().int() });

const mount = (...args: string[]): void => void execFileSync("mount", args, { stdio: ["ignore", "ignore", "inherit"] });

// SIOCSIFFLAGS with IFF_UP: the smallest Debian has no `ip`.
const LOOPBACK_UP = `
  socket(my $socket, 2, 2, 0) or die "socket: $!";
  my $request = pack("a16sx22", "lo", 1);
  ioctl($socket, 0x8914, $request) or die "lo: $!"`;
// In a namespace of processes it is their first, and takes the end of those whose parent is gone. What a terminal sends to
// all of a group is for the supervisor.
const KEEP = `$SIG{$_} = "IGNORE" for qw(CHLD INT TERM HUP); sleep 3600 while 1`;

/**
 * Runs in the new namespaces as their root: makes them, hands its listening sockets to the supervisor, and becomes the
 * program that stays. Throws when it could not.
 */
export async function holdNamespace(order: string): Promise<void> {
  const { folders, sockets, ...user } = readJson(orderSchema, order);
  execFileSync("perl", ["-e", LOOPBACK_UP], { stdio: ["ignore", "ignore", "inherit"] });
  // Some systems keep it below /run, behind a link.
  const resolver = existsSync(RESOLVER) ? realpathSync(RESOLVER) : RESOLVER;
  writeNameFiles(folders, user);
  for (const folder of folders)
    if (existsSync(folder)) mount("-t", "tmpfs", "-o", "mode=0755,size=1m", "tmpfs", folder);
  if (isBelow(resolver, folders)) {
    mkdirSync(dirname(resolver), { recursive: true });
    writeFileSync(resolver, RESOLVER_TEXT, { mode: 0o644 });
  }
  for (const socket of sockets) if (existsSync(socket)) mount("--bind", "/dev/null", socket);
  // Other users' processes vanish, and with them their tables of connections outside.
  mount("-t", "proc", "-o", "hidepid=2", "proc", "/proc");
  mount("-t", "sysfs", "-o", "ro", "sysfs", "/sys");
  await handOver();
  const rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
  const keep = ["setpriv", "--pdeathsig", "KILL", ...rights, "--", "/usr/bin/perl", "-e", KEEP];
  process.execve?.("/usr/bin/setpriv", keep, {});
  throw new Error("the namespace has nobody who keeps it");
}

const RESOLVER = "/etc/resolv.conf";
const USERS = "/etc/passwd";
const RESOLVER_TEXT = "nameserver 127.0.0.1\n";

/** Names are asked of the stub. The machine's own stays known: git asks for it. So is the agent's user: databases ask. */
function writeNameFiles(hidden: readonly string[], user: Pick<HolderOrder, "uid" | "gid">): void {
  const folder = mkdtempSync(join(tmpdir(), "porter-names-"));
  const files = {
    [RESOLVER]: RESOLVER_TEXT,
    "/etc/hosts": `127.0.0.1 localhost ${hostname()}\n::1 localhost\n`,
    [USERS]: withUser(readFileSync(USERS, "utf8"), user),
  };
  for (const [path, text] of Object.entries(files)) {
    if (isBelow(targetOf(path), hidden)) continue;
    const copy = join(folder, path.replaceAll("/", "-"));
    writeFileSync(copy, text, { mode: 0o644 });
    // A mount needs something to cover.
    if (!existsSync(path)) writeFileSync(path, "");
    mount("--bind", copy, path);
  }
  rmSync(folder, { recursive: true });
}

/** The list of users (passwd(5)) with one more, where nobody there has that number. */
function withUser(users: string, { uid, gid }: Pick<HolderOrder, "uid" | "gid">): string {
  const isKnown = users.split("\n").some((line) => line.split(":")[2] === String(uid));
  return isKnown ? users : `${users.trimEnd()}\nagent:x:${uid}:${gid}::/nonexistent:/bin/sh\n`;
}

const targetOf = (path: string): string => (existsSync(path) ? realpathSync(path) : path);
const isBelow = (path: string, folders: readonly string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));

async function handOver(): Promise<void> {
  const names = createSocket("udp4").bind(53, "127.0.0.1");
  await once(names, "listening");
  process.send?.({ name: "names", port: 53 }, names);
  const doors = [
    { name: "plain", port: 80, host: "0.0.0.0" },
    { name: "secure", port: 443, host: "0.0.0.0" },
    ...["proxy", "model", "git"].map((name) => ({ name, port: 0, host: "127.0.0.1" })),
  ];
  for (const { name, port, host } of doors) {
    const server = createServer().listen(port, host);
    await once(server, "listening");
    const address = server.address();
    process.send?.({ name, port: typeof address === "object" ? address?.port : 0 }, server);
  }
  // The supervisor hangs up when it has them all.
  await once(process, "disconnect");
}
