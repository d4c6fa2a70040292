/** The answer to who asks for work on a closed issue. */
export const CLOSED_ISSUE = "This issue is closed. Reopen it to start a run.";
