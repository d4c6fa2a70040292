import type { ReactNode } from "react";
import { AGENTS, DEFAULT_AGENT } from "@/lib/agents";

/** What stands under an issue afterwards: the texts that Porter wrote in the demo's run (`npm run demo`). */
export const ExampleThread = ({ mention }: { mention: string }) => (
  <figure className="min-w-0">
    <div className="grid gap-3">
      <p className="text-soft">
        <span className="font-medium text-ink">Add a French greeting</span>{" "}
        <span className="tabular">octocat/hello-porter #1</span>
      </p>
      <Comment who="octocat" when="commented">
        <p>
          <span className="font-medium">@{mention}</span> {DEFAULT_AGENT}
        </p>
      </Comment>
      <Comment who="porter" isBot when="edited 16 s later">
        <p>
          <strong className="font-semibold">✅ Opened #3: Add a French greeting</strong>{" "}
          {/* A line of its own where it would not fit: half of it, as a slow page shows it, would fit and move later. */}
          <span className="text-soft max-sm:block">
            <span className="max-sm:hidden">· </span>
            {AGENTS[DEFAULT_AGENT].name}, 14 s · <u className="decoration-edge underline-offset-2">run</u>
          </span>
        </p>
        <ul className="mt-2 list-disc pl-5">
          <li>Add a French greeting</li>
          <li>Done by a scripted model, not a real one</li>
          <li>
            <Code>fr: "Bonjour"</Code> in <Code>src/greetings.js</Code>, with a test in <Code>test/greet.test.js</Code>
          </li>
        </ul>
        <p className="mt-2 text-soft tabular">3 files, +6 −0 · asked by octocat</p>
      </Comment>
    </div>
    <figcaption className="mt-3 text-xs text-soft">
      From <code className="font-mono">npm run demo</code>, which needs no account: one comment, edited in place from
      “queued” to the result.
    </figcaption>
  </figure>
);

type CommentProps = { who: string; when: string; isBot?: boolean; children: ReactNode };

const Comment = ({ who, when, isBot = false, children }: CommentProps) => (
  <div className="rounded-lg border border-line bg-raised">
    <p className="flex items-center gap-2 border-b border-line px-4 py-2 text-soft">
      <span
        aria-hidden
        className="flex size-5 items-center justify-center rounded-full bg-ink text-2xs font-semibold text-bg uppercase"
      >
        {who.slice(0, 1)}
      </span>
      <span className="font-medium text-ink">{who}</span>
      {isBot ? <span className="rounded-full border border-line px-1.5 text-2xs">bot</span> : null}
      {when}
    </p>
    <div className="px-4 py-3 text-base">{children}</div>
  </div>
);

const Code = ({ children }: { children: ReactNode }) => (
  <code className="rounded-sm bg-sunken px-1 py-0.5 font-mono text-[0.9em]">{children}</code>
);
