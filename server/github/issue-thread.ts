/** `author`: null where the account is gone. `untold`: how many there are besides. */
export type IssueThread = {
  isPrivate: boolean;
  comments: {
    id: number;
    author: { login: string; id: number | null; isBot: boolean } | null;
    createdAt: string;
    lastEditedAt: string | null;
    isMinimized: boolean;
    body: string;
  }[];
  untold: number;
  linked: ToldIssue[];
};
/** `elsewhere`: `owner/name` of another repository; null: of the same one. */
export type ToldIssue = {
  relation: "parent" | "sub-issue" | "blocked by";
  number: number;
  title: string;
  state: "open" | "closed";
  elsewhere: string | null;
};
