import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isRoot } from "../../testing/runner-process.ts";
import { SealWorld, type Who } from "./testing/seal-world.ts";
import { TRIES } from "./testing/tries.ts";

const isWhole = process.env["PORTER_TEST_RING"] === "all";
/** One of each kind; all of them in the second ring. */
const FIRST = [
  "TCP to the machine's own address",
  "a name that is not listed",
  "another TLS name in a tunnel",
  "a new user namespace",
];
const tries = isWhole ? TRIES : TRIES.filter(({ name }) => FIRST.includes(name));
/** All that the git host may be asked. */
const READ = /^GET \/a\/b\/info\/refs\?service=git-upload-pack /;
const everybody: Who[] = isWhole ? ["agent", "namespace root"] : ["agent"];

describe.runIf(isRoot)("a sealed machine", () => {
  let world: SealWorld;
  beforeAll(async () => {
    world = await SealWorld.open();
  });
  afterAll(async () => world[Symbol.asyncDispose]());

  test("is closed, and may reach what is on its list", async () => {
    expect(world.seal.state).toEqual({ seal: "sealed", reason: null });
    const { output } = await world.run(
      "curl -sS http://packages.example/; curl -sS --noproxy '*' http://packages.example/past",
    );
    expect(output).toBe("a package\na package\n");
    expect(world.served).toEqual(["packages.example /", "packages.example /past"]);
  });

  describe.each(everybody)("against the %s", (who) => {
    test.each(tries.filter(({ byFilter }) => who === "agent" || !byFilter))(
      "holds: $name",
      async ({ script, blocked }) => {
        const { output } = await world.run(script, who);
        expect(output).not.toContain("REACHED");
        expect(world.heard).toEqual([]);
        expect(world.served.filter((request) => request.includes("other-host"))).toEqual([]);
        for (const request of world.gitRequests) expect(request).toMatch(READ);
        if (blocked !== undefined) expect(world.seal.report().blocked.map(({ host }) => host)).toContain(blocked);
      },
    );
  });

  test.runIf(isWhole)("lets git read its host without anybody's token, and nothing else", async () => {
    await world.run(
      `git -c http.extraHeader="Authorization: Basic eDp5" ls-remote "http://127.0.0.1:$GIT/$GIT_HOST/a/b"`,
    );
    expect(world.gitRequests.length).toBeGreaterThan(0);
    for (const request of world.gitRequests) {
      expect(request).toMatch(READ);
      expect(request.toLowerCase()).not.toContain("authorization");
    }
  });

  test("answers on after whatever bytes came to each of its ports", async () => {
    const rounds = isWhole ? 200 : 10;
    const bytes = `join "", map { chr rand 256 } 1 .. rand 200`;
    const noise = `use Socket; my @ports = @ARGV; for (1 .. ${rounds}) { for my $port (@ports) {
      socket(my $s, PF_INET, SOCK_STREAM, 0); connect $s, pack_sockaddr_in($port, inet_aton($port > 1000 ? "127.0.0.1" : "127.64.0.0")) or next;
      syswrite $s, (("", "CONNECT packages.example:443 HTTP/1.1\\r\\n\\r\\n", "GET / HTTP/1.1\\r\\n")[rand 3]) . ${bytes}; close $s }
      socket(my $u, PF_INET, SOCK_DGRAM, 0); send $u, ${bytes}, 0, pack_sockaddr_in(53, inet_aton("127.0.0.1")) }`;
    await world.run(`perl -e '$SIG{PIPE} = "IGNORE"; ${noise}' $PROXY $GIT 80 443`);
    const { output } = await world.run("curl -sS http://packages.example/after");
    expect(output).toBe("a package\n");
  });

  test("gives the agent no rights, no descriptors and no other processes", async () => {
    const { output } = await world.run(
      "cat /proc/self/status; ls /proc/self/fd; echo; stat -c %u /proc/[0-9]* | sort -u",
    );
    expect(output).toMatch(/^NoNewPrivs:\t1$/m);
    expect(output).toMatch(/^Seccomp:\t2$/m);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(output).toMatch(new RegExp(`^${set}:\\t0+$`, "m"));
    }
    const uid = /^Uid:\t(\d+)\t/m.exec(output)?.[1];
    expect(output.endsWith(`\n0\n1\n2\n3\n\n${uid}\n`)).toBe(true);
  });
});
