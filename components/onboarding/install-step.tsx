import { problemSentence } from "@/components/layout/problem";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { Diagnostics } from "@/lib/account";
import { GoOn, Result, Why } from "./step-parts";
import type { StepProps } from "./steps";

/** GitHub brings people back here afterwards; another tab is noticed by itself. */
export function InstallStep({ step, facts, goOn, problem }: StepProps & { problem: unknown }) {
  const diagnostics = facts.diagnostics === "silent" ? null : facts.diagnostics;
  const lacking = diagnostics?.installations.find(({ permissions }) => Object.keys(permissions.missing).length > 0);
  const suspended = diagnostics?.installations.find((installation) => installation.suspended);
  const fix = step.state === "trouble" ? (suspended ?? lacking) : undefined;
  return (
    <>
      <Why>The App is how Porter hears a comment and opens a pull request. You choose the repositories, on GitHub.</Why>
      {problem === null ? (
        <Result state={step.state}>
          {step.state === "done" ? (
            <Where diagnostics={diagnostics} />
          ) : step.state === "trouble" ? (
            `${step.result}. GitHub's page of the installation puts it right; this notices by itself.`
          ) : (
            "Waiting for the installation. This notices by itself, from whichever tab you do it."
          )}
        </Result>
      ) : (
        <Notice tone="waiting">{problemSentence(problem)} You can go on with the next step meanwhile.</Notice>
      )}
      {diagnostics === null ? null : fix === undefined ? (
        <Button
          asChild
          tone={step.state === "done" ? "plain" : "primary"}
          size={step.state === "done" ? "md" : "lg"}
          className="mt-4 mr-2"
        >
          <a href={diagnostics.installUrl}>
            {step.state === "done" ? "Install on another account" : "Install on GitHub"}
          </a>
        </Button>
      ) : (
        <Button asChild tone="primary" size="lg" className="mt-4 mr-2">
          <a href={fix.manageUrl}>Open the installation on GitHub</a>
        </Button>
      )}
      <GoOn state={step.state} goOn={goOn} />
    </>
  );
}

const Where = ({ diagnostics }: { diagnostics: Diagnostics | null }) => (
  <>
    Installed on{" "}
    {diagnostics?.installations.map(({ id, account, repositorySelection, manageUrl }, index) => (
      <span key={id}>
        {index === 0 ? null : ", "}
        <strong className="font-medium">{account}</strong> ({repositorySelection === "all" ? "all" : "chosen"}{" "}
        repositories,{" "}
        <a href={manageUrl} className="link">
          change
        </a>
        )
      </span>
    ))}
    .
  </>
);
