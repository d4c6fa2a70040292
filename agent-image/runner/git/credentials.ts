const HELPER = `!f() { test "$1" = get && printf "username=x-access-token\\npassword=%s\\n" "$PORTER_GIT_TOKEN"; }; f`;

/**
 * Environment that lets exactly one git process log in at exactly one origin. The token is in no argument, URL or
 * configuration file, and a redirect to another host is not answered.
 */
export function networkEnv(remote: { url: string; token: string }): Record<string, string> {
  const { origin, protocol } = new URL(remote.url);
  return {
    PORTER_GIT_TOKEN: remote.token,
    GIT_ALLOW_PROTOCOL: protocol === "http:" ? "http" : "https",
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: "credential.helper",
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: `credential.${origin}.helper`,
    GIT_CONFIG_VALUE_1: HELPER,
  };
}
