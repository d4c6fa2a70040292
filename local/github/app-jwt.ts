import { createPublicKey, verify } from "node:crypto";
import githubAppJwt from "universal-github-app-jwt";
import { z } from "zod";
import { parseJson } from "./exchange.ts";

export type LocalAppIdentity = {
  id: number;
  slug: string;
  /** PKCS#8 PEM. */
  privateKey: string;
  clientId: string;
  clientSecret: string;
};

export type JwtVerdict = { kind: "valid" } | { kind: "invalid"; status: 401 | 404; message: string };

const claimsSchema = z.object({
  iss: z.union([z.number(), z.string()]),
  exp: z.number(),
  iat: z.number().optional(),
});

const maximumLifeSeconds = 600;
const clockSkewSeconds = 60;

/** Checks an App's JWT with GitHub's rules and words: RS256, our App's id or client id, at most ten minutes. */
export function verifyAppJwt(app: LocalAppIdentity, jwt: string): JwtVerdict {
  const undecodable: JwtVerdict = {
    kind: "invalid",
    status: 401,
    message: "A JSON web token could not be decoded",
  };
  const [header, payload, signature, ...rest] = jwt.split(".");
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return undecodable;
  const algorithm = z.object({ alg: z.literal("RS256") }).safeParse(decode(header));
  const claims = claimsSchema.safeParse(decode(payload));
  if (!algorithm.success || !claims.success) return undecodable;
  if (![String(app.id), app.clientId].includes(String(claims.data.iss))) {
    return { kind: "invalid", status: 404, message: "Integration not found" };
  }
  const signed = Buffer.from(`${header}.${payload}`);
  const key = createPublicKey(app.privateKey);
  if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) return undecodable;
  return verifyTimes(claims.data);
}

function verifyTimes(claims: { exp: number; iat?: number | undefined }): JwtVerdict {
  const now = Date.now() / 1000;
  if (claims.exp <= now) {
    const message =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    return { kind: "invalid", status: 401, message };
  }
  if (claims.exp > now + maximumLifeSeconds + clockSkewSeconds) {
    return { kind: "invalid", status: 401, message: "'Expiration time' claim ('exp') is too far in the future" };
  }
  if (claims.iat !== undefined && claims.iat > now + clockSkewSeconds) {
    const message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    return { kind: "invalid", status: 401, message };
  }
  return { kind: "valid" };
}

function decode(part: string): unknown {
  return parseJson(Buffer.from(part, "base64url"));
}

/** The `authorization` header of our App, freshly signed. */
export async function appAuthorization(app: LocalAppIdentity): Promise<string> {
  const { token } = await githubAppJwt({ id: app.id, privateKey: app.privateKey });
  return `Bearer ${token}`;
}
