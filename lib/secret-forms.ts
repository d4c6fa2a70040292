/** Shorter strings are not treated as secrets: hiding them would hide half of every log. */
const MIN_SECRET_LENGTH = 6;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const binary = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const jsonInner = (text: string): string => JSON.stringify(text).slice(1, -1);

/**
 * The characters of base64 that a secret alone decides, when it stands `offset` bytes after the start of a
 * group of three. Neighbours share the first and the last character with it, so those are left out.
 */
function base64Core(bytes: Uint8Array, offset: number): string {
  const encoded = btoa("\0".repeat(offset) + binary(bytes));
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

function base64Forms(bytes: Uint8Array): string[] {
  const standard = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  standard.push(btoa(binary(bytes)), btoa(binary(bytes)).replace(/=+$/, ""));
  return [...standard, ...standard.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}

function urlForms(secret: string, bytes: Uint8Array): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const every = hexOf(bytes).replace(/../g, "%$&");
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  return [encoded, form, encoded.replace(/%../g, (code) => code.toLowerCase()), every, every.toUpperCase()];
}

/** As JSON writes it, once and twice (a JSON text inside a JSON line), with and without escaped slashes. */
function jsonForms(secret: string): string[] {
  const once = jsonInner(secret);
  return [once, jsonInner(once), once.replaceAll("/", "\\/")];
}

/**
 * Every spelling in which one secret may show up: plain, base64 (also url-safe) at its three offsets and
 * alone, URL-encoded, hex in both cases, JSON-escaped. Deduplicated; spellings too short to be telling are
 * left out. A secret under `MIN_SECRET_LENGTH` has none.
 */
export function secretForms(secret: string): string[] {
  if (secret.length < MIN_SECRET_LENGTH) return [];
  const bytes = bytesOf(secret);
  const hex = hexOf(bytes);
  const forms = [
    secret,
    ...base64Forms(bytes),
    ...urlForms(secret, bytes),
    hex,
    hex.toUpperCase(),
    ...jsonForms(secret),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_SECRET_LENGTH);
}
