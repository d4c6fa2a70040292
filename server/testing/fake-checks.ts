import type { FlyApps, FlyFinding } from "@/server/machines/fly-apps";
import type { KeyChecks, KeyFinding } from "@/server/providers/port";

type Answers = {
  key?: (provider: string, key: string) => KeyFinding | Promise<KeyFinding>;
  fly?: (credentials: { token: string; app: string }) => FlyFinding | Promise<FlyFinding>;
  create?: (app: string, organization: string) => FlyFinding | Promise<FlyFinding>;
};

/** Providers and Fly at the ports: every key and app is good unless a test says otherwise. `asked` holds the keys. */
export function createFakeChecks(answers: Answers = {}) {
  const asked: string[] = [];
  const keyChecks: KeyChecks = {
    async check(provider, key) {
      asked.push(`${provider} ${key}`);
      return answers.key?.(provider, key) ?? { verification: "valid" };
    },
  };
  const good = (name: string): FlyFinding => ({
    verification: "valid",
    app: { name, organization: "personal", network: "own" },
  });
  const flyApps: FlyApps = {
    async check(credentials) {
      asked.push(`fly ${credentials.token} ${credentials.app}`);
      return answers.fly?.(credentials) ?? good(credentials.app);
    },
    async create({ app }, organization) {
      asked.push(`create ${app} in ${organization}`);
      return answers.create?.(app, organization) ?? good(app);
    },
  };
  return { keyChecks, flyApps, asked };
}
