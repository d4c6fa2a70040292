/** So many questions, or writes, may come in one request: a page sends what is more in several. */
export const MOST_QUESTIONS = 30;
