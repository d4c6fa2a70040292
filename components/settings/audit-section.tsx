import { Download } from "lucide-react";
import Link from "next/link";
import { Time } from "@/components/layout/clock";
import { SettingsSection } from "@/components/settings/field-row";
import { buttonLook } from "@/components/ui/button";
import { type AuditLine, type AuditPage, auditWords, whoWords } from "@/lib/audit";

const PATH = "/settings/audit";
type AuditProps = { page: AuditPage; userId: number; /** Another page than the newest. */ isLater: boolean };

/** What a person did, and what was done to what is theirs: a page of lines, newest first. */
export const AuditSection = ({ page, userId, isLater }: AuditProps) => (
  <SettingsSection
    id="audit"
    title="Audit"
    lead="What you did, and what was done to your tasks, keys and settings. Lines stay for 400 days; nobody can change them."
  >
    <div className="py-4">
      <a href="/api/audit.csv" download className={buttonLook({})}>
        <Download aria-hidden />
        CSV
      </a>
    </div>
    {page.lines.length === 0 ? (
      <p className="py-8 text-soft">There is nothing here yet.</p>
    ) : (
      <ul className="divide-y divide-line">
        {page.lines.map((line) => (
          <Line key={line.id} line={line} userId={userId} />
        ))}
      </ul>
    )}
    <nav aria-label="Pages" className="flex gap-4 py-3 text-soft">
      {isLater ? (
        <Link href={PATH} prefetch={false} className="hover:text-ink">
          Newest
        </Link>
      ) : null}
      {page.nextCursor === null ? null : (
        <Link href={`${PATH}?cursor=${page.nextCursor}`} prefetch={false} className="hover:text-ink">
          Older
        </Link>
      )}
    </nav>
  </SettingsSection>
);

const THROUGH: Record<string, string> = {
  comment: "in a comment",
  page: "on a page",
  api: "by the API",
  github: "on GitHub",
  machine: "at its machine's request",
  operator: "by an operator",
  automatic: "by itself",
};

function Line({ line, userId }: { line: AuditLine; userId: number }) {
  const { at, action, actor, owner, through, object, detail } = line;
  const isOwn = (one: AuditLine["actor"]) => one !== null && one !== "gone" && one.id === userId;
  const told = [
    actor === null ? null : `by ${isOwn(actor) ? "you" : whoWords(actor)}`,
    through === null ? null : (THROUGH[through] ?? through),
    owner === null || isOwn(owner) ? null : `of ${whoWords(owner)}`,
  ].filter((part) => part !== null);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2.5">
      <span className="min-w-0 flex-1 basis-72">
        <span className="font-medium">{auditWords(action)}</span>
        {told.length === 0 ? null : <span className="text-soft"> {told.join(", ")}</span>}
        <span className="block text-xs break-words text-soft">
          <Thing object={object} /> {detailWords(detail)}
        </span>
      </span>
      <Time at={at} className="text-soft" />
    </li>
  );
}

function Thing({ object }: { object: string }) {
  if (!object.startsWith("task/")) return <code className="font-mono">{object}</code>;
  return (
    <Link href={`/tasks/${object.slice("task/".length)}`} prefetch={false} className="link font-mono">
      {object}
    </Link>
  );
}

const detailWords = (detail: AuditLine["detail"]): string =>
  Object.entries(detail)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : String(value)}`)
    .join("; ");
