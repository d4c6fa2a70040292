import type { MachineSetUp } from "../../../lib/set-up/protocol.ts";

export type ServiceName = MachineSetUp["services"][number];

/** What a service's script ends with where the machine does not have its programs. */
export const NOT_INSTALLED = 69;

/** `start` may be run again after everything was ended: its data are where they were. */
type Service = { title: string; env: Record<string, string>; start: string };

// Without an address of the system's own: it hides in the sealed machine, and may belong to others outside of it.
const POSTGRES = `
programs=$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -x "$programs/initdb" ] || exit ${NOT_INSTALLED}
data=$HOME/.services/postgres
mkdir -p "$HOME/.services"
is_new=
if [ ! -e "$data/PG_VERSION" ]; then
  is_new=1
  "$programs/initdb" --no-sync --auth=trust --username=porter --pwfile=<(echo porter) --encoding=UTF8 -D "$data" > /dev/null
fi
rm -f "$data/postmaster.pid"
"$programs/pg_ctl" --wait --silent -D "$data" -l "$data/log" -o "-c listen_addresses=127.0.0.1 -c port=5432 -c unix_socket_directories= -c fsync=off" start || { tail -n 20 "$data/log" >&2; exit 1; }
[ -z "$is_new" ] || "$programs/createdb" --host=127.0.0.1 --username=porter porter`;

// Its standard user needs no password, as everywhere; with that of the address it is another one.
const REDIS = `
command -v redis-server > /dev/null || exit ${NOT_INSTALLED}
data=$HOME/.services/redis
mkdir -p "$data"
printf '%s\\n' 'bind 127.0.0.1' 'port 6379' 'daemonize yes' "dir $data" "logfile $data/log" 'appendonly yes' \\
  'appendfsync no' 'user porter on >porter ~* &* +@all' > "$data/redis.conf"
redis-server "$data/redis.conf"
for _ in $(seq 100); do
  (exec 3<> /dev/tcp/127.0.0.1/6379) 2> /dev/null && exit 0
  sleep 0.1
done
tail -n 20 "$data/log" >&2
exit 1`;

export const MACHINE_SERVICES: Record<ServiceName, Service> = {
  postgres: {
    title: "PostgreSQL",
    env: { DATABASE_URL: "postgresql://porter:porter@127.0.0.1:5432/porter" },
    start: POSTGRES,
  },
  redis: {
    title: "Redis",
    env: { REDIS_URL: "redis://porter:porter@127.0.0.1:6379" },
    start: REDIS,
  },
};
