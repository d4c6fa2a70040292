/** Longer ones are not read by anybody, and are a place for words. */
const LONGEST_ADDRESS = 300;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;
const SHOWN_SCHEME = /^(?:https?|mailto):/i;

/** A picture shows nothing of its address: no more than a file in a folder, or GitHub's own numbers for it. */
const MOST_WORDS = 7;
const GITHUBS_OWN =
  /^https:\/\/(?:github\.com\/user-attachments\/assets|(?:private-)?user-images\.githubusercontent\.com\/\d{1,12})\/(?:\d{1,12}-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.[a-z]{3,4})?$/;

/** Whether a picture's address is one, and no sentence. */
export function isPlainImage(address: string): boolean {
  if (GITHUBS_OWN.test(address)) return true;
  const path = address.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
  return isPlainAddress(address) && !/[?#]/.test(address) && (path.match(/[^\W\d_]{3,}/gu)?.length ?? 0) <= MOST_WORDS;
}

/** Whether an address leads somewhere on GitHub's page, and is short enough to be one that somebody would follow. */
export const isPlainAddress = (address: string): boolean =>
  address.length <= LONGEST_ADDRESS && !/[\s"]/.test(address) && (!SCHEME.test(address) || SHOWN_SCHEME.test(address));
