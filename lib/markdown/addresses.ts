/** Longer ones are not read by anybody, and are a place for words. */
const LONGEST_ADDRESS = 300;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;
const SHOWN_SCHEME = /^(?:https?|mailto):/i;

/** Whether an address leads somewhere on GitHub's page, and is short enough to be one that somebody would follow. */
export const isPlainAddress = (address: string): boolean =>
  address.length <= LONGEST_ADDRESS && !/[\s"]/.test(address) && (!SCHEME.test(address) || SHOWN_SCHEME.test(address));
