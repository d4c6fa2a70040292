import { z } from "zod";
import {
  claimAnswerSchema,
  claimRequestSchema,
  completeRequestSchema,
  heartbeatRequestSchema,
  pictureAnswerSchema,
  pictureRequestSchema,
  progressAnswerSchema,
  progressRequestSchema,
} from "@/lib/agent-protocol";

/** A path under `/api` that no procedure serves, for the OpenAPI document and for the tests that must miss none. */
export type OtherEndpoint = {
  method: "GET" | "POST";
  path: `/${string}`;
  tag: string;
  summary: string;
  /** What a request proves itself by; null: nothing. */
  security: "session" | "attempt" | "signature" | null;
  body?: z.ZodType;
  /** Status → what it says. */
  answers: Record<string, { description: string; schema?: z.ZodType; type?: string }>;
};

const attempt = { tag: "callbacks", method: "POST", security: "attempt" } as const;
const ok = z.looseObject({ ok: z.literal(true) });
const over = { description: "The attempt is over" };
const redirect = { description: "On to the next address" };
const callback = (
  kind: string,
  summary: string,
  parts: Pick<OtherEndpoint, "body"> & { answer: z.ZodType },
): OtherEndpoint => ({
  ...attempt,
  path: `/callbacks/${kind}`,
  summary,
  ...(parts.body === undefined ? {} : { body: parts.body }),
  answers: { 200: { description: "Taken", schema: parts.answer }, 410: over },
});

export const OTHER_ENDPOINTS: OtherEndpoint[] = [
  {
    method: "POST",
    path: "/webhooks/github",
    tag: "webhooks",
    summary: "Deliveries of the GitHub App",
    security: "signature",
    body: z.looseObject({}).describe("GitHub's payload; the signature is over its raw bytes"),
    answers: {
      202: {
        description: "Taken: recorded, or ignored for a reason",
        schema: z.looseObject({ outcome: z.string().optional(), duplicate: z.boolean().optional() }),
      },
      413: { description: "Over 5 MB" },
      503: { description: "No webhook secret is configured, or the database is away" },
    },
  },
  callback("claim", "A machine takes its attempt", { body: claimRequestSchema, answer: claimAnswerSchema }),
  callback("progress", "Phase, step and log records of a run", {
    body: progressRequestSchema,
    answer: progressAnswerSchema,
  }),
  callback("heartbeat", "A run is alive", { body: heartbeatRequestSchema, answer: ok }),
  callback("picture", "A picture that the prompt names", { body: pictureRequestSchema, answer: pictureAnswerSchema }),
  callback("complete", "A run has ended", { body: completeRequestSchema, answer: ok }),
  {
    method: "GET",
    path: "/auth/github",
    tag: "auth",
    summary: "Sign in with GitHub, or reconnect",
    security: null,
    answers: { 302: redirect },
  },
  {
    method: "GET",
    path: "/auth/github/callback",
    tag: "auth",
    summary: "GitHub's way back after signing in",
    security: null,
    answers: { 302: redirect },
  },
  {
    method: "GET",
    path: "/auth/github/installed",
    tag: "auth",
    summary: "GitHub's way back after installing the App",
    security: null,
    answers: { 302: redirect },
  },
  {
    method: "POST",
    path: "/auth/logout",
    tag: "auth",
    summary: "End the session on the server",
    security: null,
    answers: { 200: { description: "Signed out", schema: ok } },
  },
  {
    method: "GET",
    path: "/startup/check",
    tag: "ops",
    summary: "What this Porter needs to run: each part green, or red; fixes for operators",
    security: null,
    answers: {
      200: {
        description: "Everything that is required is green",
        schema: z.looseObject({
          ok: z.boolean(),
          checks: z.array(z.looseObject({ name: z.string(), required: z.boolean(), ok: z.boolean() })),
        }),
      },
      503: { description: "A required part is red; the same body" },
    },
  },
  {
    method: "GET",
    path: "/tasks/{id}/log.txt",
    tag: "tasks",
    summary: "The raw log of an attempt as text",
    security: "session",
    answers: { 200: { description: "The log, ANSI kept", type: "text/plain" } },
  },
  ...(["patch", "bundle"] as const).map((kind): OtherEndpoint => ({
    method: "GET",
    path: `/tasks/{id}/changes.${kind}`,
    tag: "tasks",
    summary: `The work of a task's newest run that left any, as a ${kind}`,
    security: "session",
    answers: {
      200: {
        description: `As the machine made it; ?attempt= names another one`,
        type: kind === "patch" ? "text/x-patch" : "application/octet-stream",
      },
      404: { description: "There is none" },
      410: { description: "It was deleted when its time was over" },
    },
  })),
  ...(["/audit.csv", "/operator/audit.csv"] as const).map((path): OtherEndpoint => ({
    method: "GET",
    path,
    tag: path === "/audit.csv" ? "account" : "operator",
    summary: path === "/audit.csv" ? "Your audit log as a file" : "The audit log as a file, for operators",
    security: "session",
    answers: { 200: { description: "Every line, newest first", type: "text/csv" } },
  })),
  {
    method: "GET",
    path: "/openapi.json",
    tag: "ops",
    summary: "This document",
    security: null,
    answers: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.string() }) } },
  },
];
