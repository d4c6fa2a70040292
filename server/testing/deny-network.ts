import { Socket } from "node:net";

// Node tests talk to loopback only. fetch, http and tls all open their connections through this one method.
const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/;

/** The host of `socket.connect`'s many forms; undefined for loopback by default and for Unix sockets. */
function hostOf(first: unknown, second: unknown): string | undefined {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (typeof options === "object" && options !== null) {
    return "host" in options && typeof options.host === "string" ? options.host : undefined;
  }
  return typeof second === "string" && typeof first === "number" ? second : undefined;
}

const connect = Socket.prototype.connect;
function connectHere(this: Socket, ...args: unknown[]): unknown {
  const host = hostOf(args[0], args[1]);
  if (host !== undefined && !LOOPBACK.test(host)) {
    throw new Error(`a test tried to reach ${host}: tests may only use loopback`);
  }
  return Reflect.apply(connect, this, args);
}
// Once a process, which runs many test files.
if (connect.name !== connectHere.name)
  Object.defineProperty(Socket.prototype, "connect", { configurable: true, writable: true, value: connectHere });
