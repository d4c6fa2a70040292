/** Resolves after so many milliseconds. Files that run in Node alone take `node:timers/promises`. */
export const sleepFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
