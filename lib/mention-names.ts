/** Every name that an installation answers to; texts show commands with the first. */
export const mentionNames = (named: { MENTION: string; GITHUB_APP_SLUG: string }): string[] => [
  ...new Set([named.MENTION, named.GITHUB_APP_SLUG.toLowerCase()]),
];

/** Whether `text` names one of `names` as GitHub would: `@name`, in any case, and no longer name that begins so. */
export const namesOneOf = (text: string, names: readonly string[]): boolean =>
  names.some((name) => new RegExp(`@${escaped(name)}(?![\\w-])`, "i").test(text));

const escaped = (name: string): string => name.replace(/[^\w-]/g, "\\$&");
