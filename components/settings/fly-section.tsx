"use client";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import type { FlyNetwork } from "@/lib/fly-network";
import { LiveInput } from "./live-input";
import { describedBy, FieldRow, SettingsSection } from "./field-row";
import { flyState } from "./key-state";
import { RegionsSetting } from "./regions-setting";
import { SecretRow, SecretVerdict } from "./secret-row";
import { useFly } from "./use-keys";
import { useSettings } from "./use-settings";

type Fly = ReturnType<typeof useFly>;

export function FlySection() {
  const { saved } = useSettings();
  const fly = useFly();
  const status = saved.flyTokenStatus;
  const state = flyState(saved);
  return (
    <SettingsSection
      id="fly"
      title="Fly"
      lead="Each task runs on a machine of yours, in a Fly app of yours, for as long as it works. Fly bills you for the seconds."
    >
      <SecretRow
        id="fly-token"
        owner="fly"
        label="Fly token"
        help={
          <>
            <code className="font-mono text-xs">fly tokens create deploy -a your-app</code> makes one that can do no
            more than this. To let Porter make the app, use an organisation token.
          </>
        }
        hint="FlyV1 fm2_…"
        status={status}
        state={
          status.configured && state.kind === "missing"
            ? { kind: "unverified", sentence: "Saved. It is checked as soon as there is an app." }
            : state
        }
        busy={fly.busy}
        save={(flyToken) => fly.save({ flyToken }, "Fly token saved.")}
        remove={fly.remove}
        test={saved.flyAppName === undefined ? undefined : fly.test}
      />
      <FlyApp key={saved.flyAppName ?? ""} app={saved.flyAppName ?? ""} hasToken={status.configured} fly={fly} />
      <FlyNetworkRow fly={fly} />
      <RegionsSetting />
    </SettingsSection>
  );
}

const NETWORK_WORDS: Record<Exclude<FlyNetwork, "own">, string> = {
  shared:
    "This app shares its network with your organisation's other apps. An agent whose machine is not sealed could reach them, your databases too; such a machine runs no task.",
  unknown:
    "Fly has not told whether this app has a network of its own, so a machine that cannot be sealed runs no task in it.",
};

/** An app stays in its network: another one is made. */
function FlyNetworkRow({ fly }: { fly: Fly }) {
  const { saved } = useSettings();
  const { flyAppName: app, flyNetwork: network, flyTokenStatus } = saved;
  if (app === undefined || !flyTokenStatus.configured || network === "own") return null;
  const name = `${app.slice(0, 58)}-runs`;
  return (
    <FieldRow
      id="fly-network"
      label="Network of the app"
      isGroup
      help="An app in a network of its own reaches none of your other apps. Fly cannot move an app, so a new one is made; it takes an organisation token."
    >
      <Notice tone="waiting" className="">
        {NETWORK_WORDS[network]}
      </Notice>
      <Button
        className="mt-2"
        disabled={fly.busy !== null}
        onClick={() =>
          void fly.save({ flyAppName: name, createApp: true }, `Fly app ${name} made; new tasks run in it.`)
        }
      >
        Create {name} in a network of its own
      </Button>
    </FieldRow>
  );
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Names are shared by everybody on Fly. */
export const suggestedApp = (login: string): string => `porter-${login.toLowerCase().replace(/[^a-z0-9-]/g, "")}`;

/** Looked up when it is saved; made when Fly has none of this name. */
function FlyApp({ app, hasToken, fly }: { app: string; hasToken: boolean; fly: Fly }) {
  const [text, setText] = useState(app);
  const name = text.trim();
  const mistake = name !== "" && !NAME.test(name) ? "Lower-case letters, digits and dashes." : undefined;
  const { found, busy } = fly;
  const isMissing = found?.verification === "no_such_app" && name === app;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (mistake !== undefined || name === app) return;
    await fly.save({ flyAppName: name === "" ? null : name }, name === "" ? "Fly app removed." : "Fly app saved.");
  };
  return (
    <FieldRow id="fly-app" label="Fly app" help="Where the machines live. It needs nothing else in it." error={mistake}>
      <form onSubmit={(event) => void submit(event)} className="flex gap-2">
        <LiveInput
          id="fly-app"
          spellCheck={false}
          className="flex-1 font-mono text-xs"
          placeholder="porter-your-name"
          value={text}
          aria-invalid={mistake !== undefined}
          aria-describedby={describedBy("fly-app")}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" tone="primary" disabled={busy !== null || mistake !== undefined || name === app}>
          {busy === "saving" ? "Checking…" : "Save"}
        </Button>
      </form>
      {found === null || !hasToken || app === "" ? null : (
        <SecretVerdict
          checkedAt={null}
          state={{
            kind: found.valid ? "valid" : found.verification === "unverified" ? "unverified" : "refused",
            sentence: found.message,
          }}
        />
      )}
      {isMissing ? (
        <Button
          className="mt-2"
          disabled={busy !== null}
          onClick={() => void fly.save({ createApp: true }, `Fly app ${app} made.`)}
        >
          Create {app} in a network of its own
        </Button>
      ) : null}
    </FieldRow>
  );
}
