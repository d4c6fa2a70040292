const DISCUSSION = /^## Discussion$[\s\S]*?(?=^## (?:Repository Context|Earlier Requests|Request|Instructions)$)/gm;

/** Commands of earlier runs stand among the comments of an issue: what they asked for is not asked again. */
export const withoutDiscussion = (prompt: string): string => prompt.replaceAll(DISCUSSION, "");
