// What a machine may have said of its network, done to the files of a local world.
import type { NetworkReport } from "../../lib/agent-protocol.ts";
import { openStoreFile } from "./local-files.ts";

const call = (host: string, count: number, command: string | null) =>
  ({ host, port: 443, phase: "working", command, count }) as const;

export const NETWORK_REPORTS = {
  blocked: {
    seal: "sealed",
    reason: null,
    blocked: [
      call("telemetry.example.com", 26, "npm test"),
      call("fonts.example.org", 2, "node scripts/build-icons.mjs --all"),
      call("github.com", 1, "git push origin main"),
      call("169.254.169.254", 4, null),
      call("downloads.example.net", 1, "curl -fsSL https://downloads.example.net/tool.tar.gz"),
      call("paste.example.com", 1, "curl"),
    ],
    unlisted: 3,
  },
  open: { seal: "open", reason: "not_permitted", blocked: [], unlisted: 0 },
} satisfies Record<string, NetworkReport>;

/** null: it said nothing. */
export function setNetwork(stateDir: string, taskId: string, report: NetworkReport | null): void {
  openStoreFile(stateDir, "d1/miniflare-D1DatabaseObject")
    .prepare("UPDATE task_attempts SET network = ? WHERE task_id = ?")
    .run(report === null ? null : JSON.stringify(report), taskId);
}
