import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/**
 * The registry's only package. npm publishes no new name with capital letters, so that nobody's package is fetched where
 * this registry does not stand in for the real one.
 */
export const FIXTURE_PACKAGE = "Porter-Fixture";

export type PackageRegistry = {
  port: number;
  /** `host path` of each request. */
  asked: string[];
  close(): Promise<void>;
};

/** A registry of one package as npm asks it, on this machine's loopback. */
export async function startPackageRegistry(): Promise<PackageRegistry> {
  const manifest = { name: FIXTURE_PACKAGE, version: "1.0.0" };
  const tarball = gzipSync(tarOf("package/package.json", JSON.stringify(manifest)));
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const host = request.headers.host ?? "";
    asked.push(`${host} ${request.url}`);
    if (request.url?.endsWith(".tgz")) return void response.end(tarball);
    if (request.url !== `/${FIXTURE_PACKAGE}`) return void response.writeHead(404).end("{}");
    const dist = { tarball: `http://${host}/${FIXTURE_PACKAGE}/-/${FIXTURE_PACKAGE}-1.0.0.tgz`, integrity };
    const versions = { "1.0.0": { ...manifest, dist } };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name: FIXTURE_PACKAGE, "dist-tags": { latest: "1.0.0" }, versions }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { port: (server.address() as AddressInfo).port, asked, close };
}

/** A file in a tar archive, as npm takes packages. */
function tarOf(path: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("        ", 148);
  header.write("0", 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, Buffer.from(text.padEnd(512, "\0")), Buffer.alloc(1024)]);
}
