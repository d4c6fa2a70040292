import { ATTEMPT_METADATA, ORIGIN_METADATA, TASK_METADATA } from "@/server/machines/fly-machine";
import type { MachineSpec } from "@/server/machines/port";

const utf8Base64 = (text: string): string => {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
};

/** The task file as it stands in the config; an error text of Fly must not repeat it. */
export const taskFileValue = (spec: MachineSpec): string => utf8Base64(spec.taskFile);

/**
 * Body of `POST /v1/apps/{app}/machines`. Whoever may read the app can read all of it for ever, so its only
 * secret is the one-time claim token in the file. `policy: "no"` is what makes `auto_destroy` work and keeps a
 * failed agent from running (and being paid for) again.
 */
export function flyCreateBody(spec: MachineSpec): Record<string, unknown> {
  return {
    name: spec.name,
    ...(spec.region === null ? {} : { region: spec.region }),
    skip_launch: false,
    skip_secrets: true,
    skip_service_registration: true,
    config: {
      image: spec.image,
      auto_destroy: true,
      restart: { policy: "no" },
      guest: { cpu_kind: spec.guest.cpuKind, cpus: spec.guest.cpus, memory_mb: spec.guest.memoryMb },
      env: { PORTER_TASK_ID: spec.taskId, PORTER_DEADLINE_AT: spec.deadlineAt },
      // Decimal 256 is mode 0400.
      files: [{ guest_path: "/porter/task.json", raw_value: taskFileValue(spec), mode: 256 }],
      metadata: {
        [TASK_METADATA]: spec.taskId,
        [ATTEMPT_METADATA]: String(spec.attempt),
        [ORIGIN_METADATA]: spec.origin,
      },
      init: { swap_size_mb: 512 },
      rootfs: { size_gb: 8 },
      stop_config: { signal: "SIGTERM", timeout: "30s" },
      mounts: [],
      services: [],
    },
  };
}
