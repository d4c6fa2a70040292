import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Page } from "@playwright/test";

/**
 * A way to a server on loopback that can be cut: what is open breaks off, and nothing gets through until it is mended.
 * After `hang` what is open stays open and says nothing more, as after a sleep; what is opened then gets through.
 */
type Line = { url: string; cut: () => void; mend: () => void; hang: () => void; close: () => void };

async function openLine(targetUrl: string): Promise<Line> {
  const port = Number(new URL(targetUrl).port);
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(port, "127.0.0.1");
    keep(far);
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a line on loopback has a port");
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    // The browser sends its cookies by this name.
    url: `http://localhost:${address.port}`,
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => (isCut = false),
    hang: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: () => {
      server.close();
      breakAll();
    },
  };
}

/** Leads the page's streams over a line of their own. The browser's offline mode does not cut what is open. */
export async function streamsOver(page: Page, porterUrl: string): Promise<Line> {
  const line = await openLine(porterUrl);
  await page.route(/\/api\/trpc\/live\./, (route) =>
    route.continue({ url: route.request().url().replace(porterUrl, line.url) }),
  );
  return line;
}

/** Keeps back every script that the page asks for from now on, until the answer is called. */
export async function holdScripts(page: Page): Promise<() => void> {
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.js(?:$|\?)/, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}
