import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const TABLES = ["tcp", "tcp6", "udp", "udp6"];

/**
 * The command line behind a local port of another network namespace, by one process of it: the tables of sockets have the
 * socket's number, and /proc the process that holds it. null: it has ended, or is nobody's.
 */
export function commandBehind(pid: number, port: number): string | null {
  const socket = socketAt(pid, port);
  return socket === null ? null : commandHolding(`socket:[${socket}]`);
}

function socketAt(pid: number, port: number): string | null {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of TABLES) {
    for (const row of read(`/proc/${pid}/net/${table}`).split("\n").slice(1)) {
      // proc_net_tcp: number, local address, remote address, five more, user, timeout, inode.
      const cells = row.trim().split(/\s+/);
      const inode = cells[9];
      if (cells[1]?.endsWith(suffix) && inode !== undefined && inode !== "0") return inode;
    }
  }
  return null;
}

function commandHolding(link: string): string | null {
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    if (!list(`/proc/${pid}/fd`).some((fd) => target(`/proc/${pid}/fd/${fd}`) === link)) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    if (command !== "") return command;
  }
  return null;
}

// Whatever is looked at may end meanwhile.
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
