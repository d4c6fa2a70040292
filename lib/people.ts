/** Somebody on the list of those who may use a Porter. `id` is GitHub's and decides; `login` is for people to read. */
export type Listed = { kind: "user" | "organization"; id: number; login: string };
export type PeopleList = "everybody" | readonly Listed[];

const ENTRY = /^(user|organization):([1-9]\d{0,14})=([A-Za-z0-9][A-Za-z0-9_-]{0,99})$/;

/** `everybody`, or entries such as `user:583231=octocat,organization:9919=github`; null for anything else. */
export function readPeople(text: string): PeopleList | null {
  const entries = text.split(",").map((entry) => entry.trim());
  if (entries.join("") === "everybody") return "everybody";
  const list: Listed[] = [];
  for (const entry of entries.filter((one) => one !== "")) {
    const [, kind, id, login = ""] = ENTRY.exec(entry) ?? [];
    if (kind !== "user" && kind !== "organization") return null;
    list.push({ kind, id: Number(id), login });
  }
  return list;
}

/** As `readPeople` reads it. */
export const writePeople = (people: PeopleList): string =>
  people === "everybody" ? people : people.map(({ kind, id, login }) => `${kind}:${id}=${login}`).join(",");

/** Who is on it, for operators. */
export function peopleWords(people: PeopleList): string {
  if (people === "everybody") return "everybody who may write to a repository";
  const words = people.map(({ kind, id, login }) =>
    kind === "user" ? `${login} (${id})` : `members of ${login} (${id})`,
  );
  return ["its operators", ...words].join(", ");
}

/** The `error` of the front page after a sign-in of somebody who may not use this Porter and has no account here. */
export const NOT_LISTED_ERROR = "not_listed";
/** What somebody is told who is not on the list. */
export const NOT_LISTED = "This Porter is for the people whom its operator has listed, and you are not one of them.";
