import type { Instrumentation } from "next";
import { createLogger, describeError } from "@/server/log";

const hasDigest = (error: unknown): error is { digest: string } =>
  typeof error === "object" && error !== null && "digest" in error && typeof error.digest === "string";

/**
 * Next calls this for whatever a page or a route throws. The page shows the error's digest as its id, so the log has it.
 * Neither the query nor the headers are told: they may hold what is not for a log.
 */
export const onRequestError: Instrumentation.onRequestError = (error, { method, path }, { routePath, routeType }) => {
  createLogger().warn("request.failed", {
    method,
    path: path.split("?", 1)[0],
    route: routePath,
    kind: routeType,
    code: "internal",
    requestId: hasDigest(error) ? error.digest : null,
    error: describeError(error),
  });
};
