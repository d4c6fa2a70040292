import { createPrivateKey } from "node:crypto";
import githubAppJwt from "universal-github-app-jwt";
import { z } from "zod";
import { type App, appAddresses, appSchema, githubOrigins } from "./app.ts";
import { createApp } from "./create-app.ts";
import { SetupError, reasonOf } from "./setup-error.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";

const FILE = "app.json";

/** The GitHub App of this installation, made in a browser from a manifest. */
export const appStep: SetupStep = {
  name: "github app",
  plan: async (installation) => {
    const { folder, choices } = installation;
    const app = folder.read(FILE, appSchema);
    if (app !== undefined) {
      await checkHook(installation, app);
      installation.app = app;
      return { there: `${app.slug} (${app.id}) of ${app.owner.login}` };
    }
    const make = async (): Promise<string> => {
      const made = await createApp(installation, (created) => folder.write(FILE, created));
      installation.app = made;
      return `${made.slug} (${made.id}) of ${made.owner.login}`;
    };
    const owner = choices.organization === undefined ? "your account" : `the organisation ${choices.organization}`;
    return { will: `register it for ${owner}, with one click in a browser`, make };
  },
};

const hookSchema = z.object({ url: z.string() });

/** Whether GitHub still knows the App and sends its webhooks here. Throws `SetupError`. */
async function checkHook(installation: SetupContext, app: App): Promise<void> {
  const { url, apiUrl } = githubOrigins(installation.choices);
  const publicUrl = requireKnown(installation, "publicUrl");
  const pkcs8 = createPrivateKey(app.pem).export({ type: "pkcs8", format: "pem" }).toString();
  const { token } = await githubAppJwt({ id: app.id, privateKey: pkcs8 });
  const answer = await fetch(`${apiUrl}/app/hook/config`, {
    headers: { authorization: `Bearer ${token}`, accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new SetupError(`GitHub does not answer: ${reasonOf(error)}`, "run set-up again later");
  });
  if (answer.status === 401 || answer.status === 404) {
    const fix = `if it was deleted, remove ${installation.folder.shown}/${FILE} and run set-up again for another App`;
    throw new SetupError(`GitHub does not know the App ${app.slug} (${app.id}) with its key`, fix);
  }
  if (!answer.ok) throw new SetupError(`GitHub answered ${answer.status} about the App`, "run set-up again later");
  const hook = hookSchema.parse(await answer.json());
  if (hook.url === appAddresses(publicUrl).webhook) return;
  const { webhook, callback, setup } = appAddresses(publicUrl);
  const page = app.owner.type === "Organization" ? `organizations/${app.owner.login}/settings/apps` : "settings/apps";
  const fix = `at ${url}/${page}/${app.slug} set the webhook URL ${webhook}, the callback URL ${callback} and the setup URL ${setup}`;
  throw new SetupError(`the App ${app.slug} sends its webhooks to ${hook.url}`, fix);
}
