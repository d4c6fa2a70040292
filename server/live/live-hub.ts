import { DurableObject } from "cloudflare:workers";
import type { Signal } from "./port";

/**
 * Passes signals to the streams that listen. Sockets hibernate and carry their topic as a tag; there is no storage,
 * no timer and no public route. Losing one loses time only: D1 is the truth and every stream reads it by itself.
 */
export class LiveHub extends DurableObject {
  /** A stream's WebSocket; `?topic=` is what it listens to. */
  override fetch(request: Request): Response {
    const topic = new URL(request.url).searchParams.get("topic");
    if (topic === null || request.headers.get("upgrade") !== "websocket")
      return new Response("a WebSocket with ?topic=", { status: 426 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [topic]);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Returns the number of viewers. */
  publish(topic: string, signal: Signal): number {
    const sockets = this.ctx.getWebSockets(topic);
    const text = JSON.stringify(signal);
    for (const socket of sockets) {
      try {
        socket.send(text);
      } catch {
        // It closes just now; its stream connects again and reads.
      }
    }
    return sockets.length;
  }

  viewers(topic: string): number {
    return this.ctx.getWebSockets(topic).length;
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}
