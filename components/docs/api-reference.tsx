import Link from "next/link";
import { Logo } from "@/components/layout/logo";
import type { ApiEndpoint, ApiReference } from "@/lib/api-reference";

/** The whole API on one page: every endpoint has its anchor, and the browser's own search finds every word. */
export function ApiReferencePage({ reference }: { reference: ApiReference }) {
  return (
    <main
      id="content"
      className="mx-auto grid max-w-page gap-x-10 gap-y-8 px-4 py-5 lg:grid-cols-[16rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]"
    >
      <header className="grid gap-2 lg:col-start-2">
        <Link href="/" prefetch={false} className="mb-2 flex items-center gap-2 justify-self-start font-semibold">
          <Logo className="size-5" />
          Porter
        </Link>
        <h1 className="text-2xl font-semibold tracking-tight">The API of Porter</h1>
        <p className="max-w-prose text-soft">
          A browser&apos;s session signs requests in; writes need Porter&apos;s own <code>Origin</code>. Every refusal
          is an{" "}
          <a href="#schema-Error" className="underline">
            Error
          </a>
          . For machines:{" "}
          <Link href="/api/openapi.json" prefetch={false} className="underline">
            OpenAPI 3.1
          </Link>
          .
        </p>
      </header>
      <Contents reference={reference} />
      <div className="grid min-w-0 content-start gap-10 lg:col-start-2">
        {reference.groups.map(({ name, endpoints }) => (
          <section key={name} aria-labelledby={`group-${name}`} className="grid gap-4">
            <h2 id={`group-${name}`} className="scroll-mt-4 text-lg font-semibold">
              {titleOf(name)}
            </h2>
            {endpoints.map((endpoint) => (
              <Endpoint key={endpoint.id} endpoint={endpoint} />
            ))}
          </section>
        ))}
        <section aria-labelledby="schemas" className="grid gap-4">
          <h2 id="schemas" className="scroll-mt-4 text-lg font-semibold">
            Schemas
          </h2>
          {reference.schemas.map(({ name, text }) => (
            <article key={name} className="grid gap-2">
              <h3 id={`schema-${name}`} className="scroll-mt-4 font-mono text-sm font-semibold">
                {name}
              </h3>
              <Code text={text} />
            </article>
          ))}
        </section>
      </div>
    </main>
  );
}

const titleOf = (group: string): string =>
  group === "github" ? "GitHub" : `${group.slice(0, 1).toUpperCase()}${group.slice(1)}`;

function Contents({ reference }: { reference: ApiReference }) {
  return (
    <nav
      aria-label="Endpoints"
      className="lg:row-span-2 lg:row-start-1 lg:self-start lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto"
    >
      <details open className="grid gap-4 text-sm">
        <summary className="cursor-pointer font-semibold">Endpoints</summary>
        {reference.groups.map(({ name, endpoints }) => (
          <div key={name} className="mt-3">
            <a href={`#group-${name}`} className="font-semibold">
              {titleOf(name)}
            </a>
            <ul className="mt-1 grid">
              {endpoints.map(({ id, method, path }) => (
                <li key={id}>
                  <a href={`#${id}`} className="block py-0.5 font-mono text-xs break-all text-soft hover:text-ink">
                    <span className="text-faint">{method}</span> {path.replace(/^\/api/, "")}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </details>
    </nav>
  );
}

function Endpoint({ endpoint }: { endpoint: ApiEndpoint }) {
  const { id, method, path, summary, description, needs, parameters, body, answers } = endpoint;
  return (
    <article className="grid gap-3 border-t border-line pt-4">
      <h3 id={id} className="scroll-mt-4 font-mono text-sm font-semibold break-all">
        <a href={`#${id}`}>
          {method} {path}
        </a>
      </h3>
      <p>{summary}.</p>
      {description === null ? null : <p className="text-soft">{description}</p>}
      <p className="text-sm text-soft">{needs === null ? "Open to everybody." : `Needs ${needs}.`}</p>
      {parameters.length === 0 ? null : (
        <dl className="grid gap-2 text-sm">
          {parameters.map(({ name, where, required, type, description: note }) => (
            <div key={`${where} ${name}`}>
              <dt className="font-mono text-xs">
                {name}
                {required ? "" : "?"}: {type} <span className="text-faint">in {where}</span>
              </dt>
              {note === null ? null : <dd className="text-soft">{note}</dd>}
            </div>
          ))}
        </dl>
      )}
      {body === null ? null : (
        <div className="grid gap-1">
          <h4 className="text-sm font-semibold">Body</h4>
          <Code text={body} />
        </div>
      )}
      <Answers answers={answers} />
    </article>
  );
}

function Answers({ answers }: { answers: ApiEndpoint["answers"] }) {
  return (
    <div className="grid gap-1">
      <h4 className="text-sm font-semibold">Answers</h4>
      <dl className="grid gap-2 text-sm">
        {answers.map(({ status, description, type }) => (
          <div key={status} className="grid gap-1">
            <dt>
              <code>{status}</code> <span className="text-soft">{description}</span>
            </dt>
            {type === null || type === "Error" ? null : (
              <dd className="min-w-0">
                <Code text={type} />
              </dd>
            )}
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Long lines wrap: nothing here scrolls sideways. */
const Code = ({ text }: { text: string }) => (
  <pre className="rounded-md bg-sunken p-3 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap">
    {text}
  </pre>
);
