/**
 * A program of the kernel's packet filter (seccomp(2)) over the system calls of the agent and all that it starts. It
 * closes what no namespace covers.
 */
type Line = [code: number, ifTrue: number, ifFalse: number, value: number];

// Of struct seccomp_data.
const CALL = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
const CLONE_NEWUSER = 0x1000_0000;
/** unix, v4, v6 and netlink. AF_VSOCK among the others leads to the host of a Firecracker machine. */
const SOCKET_FAMILIES = [1, 2, 10, 16];
/** Of the same number on both. io_uring would make sockets unseen; the arguments of clone3 cannot be looked at. */
const UNSEEN = { io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, clone3: 435 };
const X32 = 0x4000_0000;

const SYSTEMS = {
  x64: { architecture: 0xc000_003e, socket: 41, clone: 56, unshare: 272, setns: 308, prctl: 157 },
  arm64: { architecture: 0xc000_00b7, socket: 198, clone: 220, unshare: 97, setns: 268, prctl: 167 },
} as const;
type System = keyof typeof SYSTEMS;

const load = (offset: number): Line => [0x20, 0, 0, offset];
const ifEqual = (value: number, ifTrue: number, ifFalse: number): Line => [0x15, ifTrue, ifFalse, value];
const ifAtLeast = (value: number, ifTrue: number, ifFalse: number): Line => [0x35, ifTrue, ifFalse, value];
const ifAnyBit = (value: number, ifTrue: number, ifFalse: number): Line => [0x45, ifTrue, ifFalse, value];
const allow: Line = [0x06, 0, 0, 0x7fff_0000];
const fail = (error: number): Line => [0x06, 0, 0, 0x0005_0000 + error];

/** Each rule begins and ends with the call's number loaded. */
const refuse = (call: number, error: number): Line[] => [ifEqual(call, 0, 1), fail(error)];
const refuseBits = (call: number, bits: number): Line[] => [
  ifEqual(call, 0, 4),
  load(FIRST_ARGUMENT),
  ifAnyBit(bits, 0, 1),
  fail(EPERM),
  load(CALL),
];
const refuseOthers = (call: number, allowed: readonly number[]): Line[] => [
  ifEqual(call, 0, allowed.length + 3),
  load(FIRST_ARGUMENT),
  ...allowed.map((value, at) => ifEqual(value, allowed.length - at, 0)),
  fail(EAFNOSUPPORT),
  load(CALL),
];

function programFor(system: System): Line[] {
  const { architecture, socket, clone, unshare, setns } = SYSTEMS[system];
  return [
    load(ARCHITECTURE),
    ifEqual(architecture, 1, 0),
    fail(ENOSYS),
    load(CALL),
    ...(system === "x64" ? [ifAtLeast(X32, 0, 1), fail(ENOSYS)] : []),
    ...Object.values(UNSEEN).flatMap((call) => refuse(call, ENOSYS)),
    ...refuseOthers(socket, SOCKET_FAMILIES),
    ...[clone, unshare].flatMap((call) => refuseBits(call, CLONE_NEWUSER)),
    ...refuse(setns, EPERM),
    allow,
  ];
}

/** Whether this processor's system calls are known. */
export const isFilterable = (): boolean => process.arch in SYSTEMS;

/**
 * A perl program that becomes another one under the filter: perl can make any system call, and is in the smallest Debian.
 * Its arguments: the folder to start in, then the other program.
 */
export function filteredStart(): string {
  const system: System = process.arch === "arm64" ? "arm64" : "x64";
  const program = programFor(system);
  const { prctl } = SYSTEMS[system];
  const lines = program.map((line) => `[${line.join(",")}]`).join(",");
  return [
    // What is ignored stays so over exec. Node ignores two of these: `yes | head` would complain.
    `$SIG{PIPE} = $SIG{XFSZ} = $SIG{TERM} = "DEFAULT"`,
    // When memory runs out, the kernel takes these and not the supervisor.
    `if (open my $score, ">", "/proc/self/oom_score_adj") { print $score 700; close $score }`,
    // close_range: descriptors that the supervisor was itself given.
    `syscall(436, 3, 0xffffffff, 0)`,
    `chdir(shift) or die "chdir: $!"`,
    // PR_SET_NO_NEW_PRIVS, without which only root may set a filter.
    `syscall(${prctl}, 38, 1, 0, 0, 0) == 0 or die "no_new_privs: $!"`,
    `my $lines = join "", map { pack "SCCL", @$_ } (${lines})`,
    `my $filter = pack "Sx6P", ${program.length}, $lines`,
    // PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    `syscall(${prctl}, 22, 2, $filter, 0, 0) == 0 or die "seccomp: $!"`,
    `exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!"`,
  ].join("; ");
}
