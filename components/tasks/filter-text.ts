/**
 * The text of a filter field whose address follows the typing. `asked`: what was asked for and has not come back as
 * the address yet, oldest first.
 */
export type FilterText = { typed: string; asked: readonly string[]; address: string };

export const filterText = (address: string): FilterText => ({ typed: address, asked: [], address });

/** Asks for what was typed, without the spaces around it. What the address says already never comes back. */
export function withAsked(state: FilterText): FilterText {
  const text = state.typed.trim();
  const before = state.asked.at(-1) ?? state.address;
  return text === before ? state : { ...state, asked: [...state.asked, text] };
}

/**
 * The address changed. What was asked for comes back a moment later, perhaps after more was typed: that is no news.
 * What the address says by itself (back, clear) wins.
 */
export function withAddress(state: FilterText, address: string): FilterText {
  if (address === state.address) return state;
  const index = state.asked.indexOf(address);
  return { address, asked: state.asked.slice(index + 1), typed: index < 0 ? address : state.typed };
}
