/** Who the agent runs as. `separate`: another user than the supervisor, so it cannot read the run's credentials. */
export type AgentUser = { uid: number; gid: number; separate: boolean };

/** The runner will not start; `message` is the one line that says why. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Source = { env: NodeJS.ProcessEnv; ownUid: number; ownGid: number; passwd: string };

/**
 * The agent's user: PORTER_AGENT_UID, else the user `porter`. Supervisor and agent must differ unless
 * PORTER_ALLOW_SAME_USER=1. Throws `ConfigError`.
 */
export function resolveAgentUser({ env, ownUid, ownGid, passwd }: Source): AgentUser {
  const mayShare = env.PORTER_ALLOW_SAME_USER === "1";
  if (mayShare && ownUid !== 0) return { uid: ownUid, gid: ownGid, separate: false };
  const named = porterUser(passwd);
  const uid = numberFrom(env.PORTER_AGENT_UID, "PORTER_AGENT_UID") ?? named?.uid ?? (mayShare ? ownUid : null);
  if (uid === null) throw new ConfigError("there is no user `porter` to run the agent as; set PORTER_AGENT_UID");
  if (uid === ownUid && !mayShare) {
    throw new ConfigError(
      `supervisor and agent are the same user (uid ${uid}), so the agent could read this run's credentials; ` +
        "start the runner as root with another PORTER_AGENT_UID",
    );
  }
  if (uid !== ownUid && ownUid !== 0) {
    throw new ConfigError(`only root can run the agent as another user (uid ${uid}); the runner is uid ${ownUid}`);
  }
  const gid = numberFrom(env.PORTER_AGENT_GID, "PORTER_AGENT_GID") ?? (named?.uid === uid ? named.gid : uid);
  return { uid, gid: uid === ownUid ? ownGid : gid, separate: uid !== ownUid };
}

function porterUser(passwd: string): { uid: number; gid: number } | null {
  const fields = passwd
    .split("\n")
    .find((line) => line.startsWith("porter:"))
    ?.split(":");
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : null;
}

function numberFrom(value: string | undefined, name: string): number | null {
  if (value === undefined || value === "") return null;
  if (!/^\d{1,10}$/.test(value)) throw new ConfigError(`${name} must be a number`);
  return Number(value);
}
