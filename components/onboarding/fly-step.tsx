"use client";
import { type ComponentProps, type FormEvent, type ReactNode, useState } from "react";
import { suggestedApp } from "@/components/settings/fly-section";
import { flyState } from "@/components/settings/key-state";
import { secretMistake, SecretVerdict } from "@/components/settings/secret-row";
import { LiveInput } from "@/components/settings/live-input";
import { useFly } from "@/components/settings/use-keys";
import { Button } from "@/components/ui/button";
import { GoOn, Result, Why } from "./step-parts";
import type { StepProps } from "./steps";

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Token and app in one go: the app is looked up with the token, and made when Fly has none of this name. */
export function FlyStep({ step, facts, goOn }: StepProps) {
  const { config, login } = facts;
  const fly = useFly();
  const [token, setToken] = useState("");
  const [typedApp, setApp] = useState<string | null>(null);
  const app = (typedApp ?? config.flyAppName ?? suggestedApp(login)).trim();
  const hasToken = config.flyTokenStatus.configured;
  const tokenMistake = secretMistake(token, "fly");
  const appMistake = NAME.test(app) ? null : "Lower-case letters, digits and dashes.";
  const state = flyState(config);
  const isReady = tokenMistake === null && appMistake === null && (token.trim() !== "" || hasToken);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isReady && (await fly.saveOrCreate({ flyToken: token, flyAppName: app }))) setToken("");
  };
  return (
    <>
      <Why>
        Each task gets a fresh machine in a Fly app of yours and leaves it when it is done; about a cent a task.
      </Why>
      <form onSubmit={(event) => void submit(event)} className="mt-4 grid max-w-lg gap-4">
        <Field
          id="start-fly-token"
          label="Fly token"
          help={
            <>
              <code className="font-mono text-xs">fly tokens create org</code> lets Porter make the app;{" "}
              <code className="font-mono text-xs">fly tokens create deploy -a name</code> is enough for an app that
              exists.
            </>
          }
          mistake={tokenMistake}
          type="password"
          placeholder={
            hasToken && state.kind === "refused"
              ? "the last one was refused; paste another one"
              : hasToken
                ? `saved, ••••${config.flyTokenStatus.lastFour ?? ""}; paste a new one to replace it`
                : "FlyV1 fm2_…"
          }
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <Field
          id="start-fly-app"
          label="Fly app"
          help="Names are shared by everybody on Fly. One that does not exist is made, in a network of its own."
          mistake={appMistake}
          value={typedApp ?? app}
          onChange={(event) => setApp(event.target.value)}
        />
        <div>
          <Button type="submit" tone="primary" size="lg" disabled={!isReady || fly.busy !== null}>
            {fly.busy === null ? "Save and check" : "Asking Fly…"}
          </Button>
        </div>
      </form>
      {step.state === "done" ? (
        <Result state="done">{state.sentence}</Result>
      ) : fly.found !== null && fly.found.verification !== "missing" ? (
        <SecretVerdict checkedAt={null} state={{ kind: "refused", sentence: fly.found.message }} />
      ) : state.kind === "refused" ? (
        <SecretVerdict checkedAt={config.flyTokenStatus.verifiedAt} state={state} />
      ) : null}
      <GoOn state={step.state} goOn={goOn} />
    </>
  );
}

type FieldProps = ComponentProps<"input"> & { id: string; label: string; help: ReactNode; mistake: string | null };

const Field = ({ id, label, help, mistake, ...input }: FieldProps) => (
  <div>
    <label htmlFor={id} className="font-medium">
      {label}
    </label>
    <p id={`${id}-help`} className="text-soft">
      {help}
    </p>
    <LiveInput
      {...input}
      id={id}
      spellCheck={false}
      className="mt-1 font-mono text-xs"
      aria-invalid={mistake !== null}
      aria-describedby={`${id}-help ${id}-error`}
    />
    <p id={`${id}-error`} aria-live="polite" className="text-bad">
      {mistake}
    </p>
  </div>
);
