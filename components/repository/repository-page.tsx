import { SettingsSection } from "@/components/settings/field-row";
import type { RepositorySetUp } from "@/lib/set-up/page";
import { SecretsSection } from "./secrets-section";
import { SetUpSection } from "./set-up-section";
import { SettingsForm } from "./settings-form";

type PageProps = { repository: { owner: string; name: string }; setUp: RepositorySetUp };

/** One repository: how its machines are set up, its secrets, and what holds for everybody's runs in it. */
export const RepositoryPage = ({ repository, setUp }: PageProps) => (
  <div className="grid max-w-3xl gap-10">
    <h1 className="text-xl font-semibold">
      {repository.owner}/{repository.name}
    </h1>
    <SetUpSection setUp={setUp} />
    <SecretsSection repository={repository} setUp={setUp} />
    <SettingsSection
      id="repository-settings"
      title="For everybody's runs"
      lead="Whoever can write here can change these. They hold for every later run, whoever asks."
    >
      <SettingsForm repository={repository} initial={setUp.settings} isAdmin={setUp.isAdmin} />
    </SettingsSection>
  </div>
);
