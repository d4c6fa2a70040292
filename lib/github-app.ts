/**
 * The GitHub App as Porter needs it: what set-up registers, what the doctor asks for, and what the local GitHub has. What
 * is not among these events never arrives.
 */
const NEEDED_PERMISSIONS = { contents: "write", issues: "write", pull_requests: "write", metadata: "read" } as const;
/** Without them Porter works, and does not see the checks of pull requests. */
const CHECK_PERMISSIONS = { checks: "read", statuses: "read" } as const;
export const APP_PERMISSIONS = { ...NEEDED_PERMISSIONS, ...CHECK_PERMISSIONS } as const;

/** What a command, the end of its issue and the way of a repository come by. */
const NEEDED_EVENTS = ["issue_comment", "issues"] as const;
/** Without them Porter sees by its own looks, later, what became of something. */
const FURTHER_EVENTS = [
  "repository",
  "installation_target",
  "pull_request",
  "pull_request_review",
  "check_suite",
  "status",
] as const;
export const APP_EVENTS = [...NEEDED_EVENTS, ...FURTHER_EVENTS] as const;
/** GitHub sends these to every App: a manifest that names one is refused. */
export const AUTOMATIC_EVENTS = ["installation", "installation_repositories", "github_app_authorization"] as const;

export type AppLacks = { permissions: Record<string, string>; events: string[] };
/** `needed`: Porter cannot do its work without; `further`: it does without, and shows less. */
export type AppGaps = { needed: AppLacks; further: AppLacks };

/** What is not granted; write covers read. `events`: those of the App itself; of an installation nobody tells them. */
export function gapsOf(granted: { permissions: Record<string, string>; events?: readonly string[] }): AppGaps {
  const { permissions, events } = granted;
  const lacking = (wanted: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(wanted).filter(
        ([name, level]) => permissions[name] === undefined || (level === "write" && permissions[name] === "read"),
      ),
    );
  const unheard = (wanted: readonly string[]) =>
    events === undefined ? [] : wanted.filter((event) => !events.includes(event));
  return {
    needed: { permissions: lacking(NEEDED_PERMISSIONS), events: unheard(NEEDED_EVENTS) },
    further: { permissions: lacking(CHECK_PERMISSIONS), events: unheard(FURTHER_EVENTS) },
  };
}

/** "checks: read, event status"; empty: nothing. */
export const lacksInWords = ({ permissions, events }: AppLacks): string =>
  [
    ...Object.entries(permissions).map(([name, level]) => `${name}: ${level}`),
    ...events.map((event) => `event ${event}`),
  ].join(", ");
