import { Button } from "@/components/ui/button";
import { GoOn, Result, Why } from "./step-parts";
import type { StepProps } from "./steps";

const RECONNECT = "/api/auth/github?reconnect=1&callbackUrl=/start";

export const SignedInStep = ({ step, facts, goOn }: StepProps) => (
  <>
    <Why>Porter has to know that the person who comments is you: the work spends your keys.</Why>
    {step.state === "trouble" ? (
      <>
        <Result state="trouble">
          GitHub no longer accepts Porter's access: it expired, or you revoked it. Signing in once more puts it right.
        </Result>
        <Button asChild tone="primary" size="lg" className="mt-4">
          <a href={RECONNECT}>Reconnect GitHub</a>
        </Button>
      </>
    ) : (
      <Result state="done">
        You are signed in as <strong className="font-medium">{facts.login}</strong>.
      </Result>
    )}
    <GoOn state={step.state} goOn={goOn} />
  </>
);
