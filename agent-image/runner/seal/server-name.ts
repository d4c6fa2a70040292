const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;

/**
 * The name that a TLS ClientHello asks for, from the first bytes of a connection (RFC 8446 4.1.2 and 5.1, RFC 6066 3).
 * It may fill many records. undefined: bytes are missing; null: these bytes name no server.
 */
export function serverName(bytes: Buffer): string | null | undefined {
  const hello = handshakeOf(bytes);
  return hello ? nameIn(hello) : hello;
}

/** The first message of the handshake, put together out of its records. */
function handshakeOf(bytes: Buffer): Buffer | null | undefined {
  let message = Buffer.alloc(0);
  for (let at = 0; message.length < 4 || message.length < 4 + message.readUIntBE(1, 3);) {
    if (at < bytes.length && bytes[at] !== HANDSHAKE) return null;
    if (at + 5 > bytes.length) return undefined;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) return undefined;
    message = Buffer.concat([message, bytes.subarray(at + 5, end)]);
    at = end;
  }
  return message;
}

function nameIn(hello: Buffer): string | null {
  if (hello[0] !== CLIENT_HELLO) return null;
  try {
    // Type and length, version, random; then session, ciphers and compression, each with its length before it.
    let at = 4 + 2 + 32;
    at += 1 + hello.readUInt8(at);
    at += 2 + hello.readUInt16BE(at);
    at += 1 + hello.readUInt8(at);
    const end = at + 2 + hello.readUInt16BE(at);
    for (at += 2; at + 4 <= end; at += 4 + hello.readUInt16BE(at + 2)) {
      if (hello.readUInt16BE(at) !== SERVER_NAME) continue;
      // A list of one entry: its length, the kind of name, the name's length, the name.
      const length = hello.readUInt16BE(at + 7);
      const fills = hello.readUInt16BE(at + 2) === length + 5 && hello.readUInt16BE(at + 4) === length + 3;
      return fills && hello[at + 6] === 0 ? hello.toString("latin1", at + 9, at + 9 + length) : null;
    }
  } catch {
    // A length leads out of the message.
  }
  return null;
}
