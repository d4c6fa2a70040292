"use client";
import clsx from "clsx";
import { useEffect, useRef, useState } from "react";
import { Notice } from "@/components/ui/notice";
import { NOT_LISTED } from "@/lib/people";
import { FlyStep } from "./fly-step";
import { InstallStep } from "./install-step";
import { KeyStep } from "./key-step";
import { MentionStep } from "./mention-step";
import { SignedInStep } from "./signed-in-step";
import { StepMark } from "./step-mark";
import {
  currentStep,
  type Facts,
  type OnboardingStep,
  STEP_TITLES,
  type StepId,
  type StepProps,
  stepsOf,
} from "./steps";
import { type InitialFacts, useFacts } from "./use-facts";

type WizardProps = {
  login: string;
  initial: InitialFacts;
  /** What became of an installation that GitHub sent people back from (`/api/auth/github/installed`). */
  install: string | null;
};

const INSTALL_WORDS = new Map(
  Object.entries({
    requested:
      "The owner of the organisation was asked to install the App. When they agree, it appears here by itself.",
    foreign: "That installation is not yours to use, so it changes nothing here.",
    not_listed: NOT_LISTED,
    missing: "GitHub did not say which installation it was. If you installed the App, it appears here by itself.",
    unknown: "GitHub could not be asked about the installation just now. It appears here as soon as it answers.",
  }),
);

/**
 * From a new account to a first pull request. Nothing of it is stored: the steps are what is true now, so a closed tab
 * loses nothing and another device shows the same.
 */
export function Wizard({ login, initial, install }: WizardProps) {
  const [chosen, setChosen] = useState<StepId | null>(null);
  const [waitsFor, setWaitsFor] = useState<StepId | null>(null);
  const { facts, isOffline, gitHubError } = useFacts(login, initial, chosen ?? waitsFor);
  const installWords = install === null ? undefined : INSTALL_WORDS.get(install);
  const steps = stepsOf(facts);
  const shown = chosen ?? currentStep(steps);
  // What is waited for decides what is asked for; known only after the facts.
  if (waitsFor !== shown && chosen === null) setWaitsFor(shown);
  return (
    <div className="mx-auto max-w-4xl">
      <h1 className="text-xl font-semibold">Set up Porter</h1>
      <p className="mt-1 text-soft">Five steps to your first pull request. You can leave and come back at any time.</p>
      {isOffline ? (
        <Notice tone="bad">Porter cannot be reached. Nothing is lost; this goes on by itself when it can be.</Notice>
      ) : null}
      {installWords === undefined ? null : <Notice tone="waiting">{installWords}</Notice>}
      <div className="mt-6 gap-10 md:flex">
        <StepList steps={steps} shown={shown} choose={setChosen} />
        <div className="mt-6 min-w-0 flex-1 md:mt-0">
          <StepPanel
            step={steps.find(({ id }) => id === shown)}
            facts={facts}
            gitHubError={gitHubError}
            goOn={chosen === null ? null : () => setChosen(null)}
          />
        </div>
      </div>
    </div>
  );
}

type StepListProps = { steps: OnboardingStep[]; shown: StepId; choose: (id: StepId) => void };

const StepList = ({ steps, shown, choose }: StepListProps) => (
  <ol aria-label="Steps" className="md:w-64 md:shrink-0">
    {steps.map(({ id, state, result }, index) => (
      <li key={id}>
        <button
          type="button"
          aria-current={id === shown ? "step" : undefined}
          onClick={() => choose(id)}
          className="flex w-full items-start gap-3 rounded-md px-2.5 py-2 text-left hover:bg-hover aria-[current=step]:bg-hover"
        >
          <StepMark state={state} number={index + 1} isShown={id === shown} />
          <span className="min-w-0">
            <span className={clsx("block", id === shown && "font-medium")}>{STEP_TITLES[id]}</span>
            <span className="block text-xs break-words text-soft">{result}</span>
          </span>
        </button>
      </li>
    ))}
  </ol>
);

type StepPanelProps = {
  step: OnboardingStep | undefined;
  facts: Facts;
  gitHubError: unknown;
  goOn: (() => void) | null;
};

function StepPanel({ step, facts, gitHubError, goOn }: StepPanelProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = step?.id;
  const before = useRef(id);
  useEffect(() => {
    // The panel changed under the person's hands: take them along. Whoever is elsewhere on the page stays there.
    const isLost = document.activeElement === document.body;
    if (before.current !== id && isLost) heading.current?.focus();
    before.current = id;
  }, [id]);
  if (step === undefined) return null;
  return (
    <section aria-labelledby="step-title">
      <h2 id="step-title" ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
        {STEP_TITLES[step.id]}
      </h2>
      <Body step={step} facts={facts} gitHubError={gitHubError} goOn={goOn} />
    </section>
  );
}

function Body({ gitHubError, ...props }: StepProps & { gitHubError: unknown }) {
  switch (props.step.id) {
    case "signed-in":
      return <SignedInStep {...props} />;
    case "installed":
      return <InstallStep {...props} problem={gitHubError} />;
    case "keys":
      return <KeyStep {...props} />;
    case "fly":
      return <FlyStep {...props} />;
    case "mention":
      return <MentionStep {...props} />;
  }
}
