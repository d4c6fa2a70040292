import { z } from "zod";
import { OPENCODE } from "../../../../lib/agents/opencode.ts";
import { parseJson } from "../../../../lib/json.ts";
import { resolveModel } from "../../../../lib/model-family.ts";
import { providerFromId } from "../../../../lib/providers.ts";
import { clipBytes } from "../../clip-bytes.ts";
import { endpointOf } from "../../provider-endpoints.ts";
import { modelFailure } from "../agent-failure.ts";
import { AgentCannotStart } from "../agent.ts";
import type { Agent, AgentEvent, AgentParser, LaunchCommand, LaunchInput } from "../agent.ts";
import { checkedModel, PLACEHOLDER_KEY, proxyUrl } from "../launch-parts.ts";
import { newFilePatch, renamedPatch, replacementPatch, repositoryPath } from "../patch.ts";
import { planOf, shownTodos, stringOf, todosOf, toolInput, toolSummary } from "../tool-summary.ts";
import type { ToolInput } from "../tool-summary.ts";
import { openCodeProgram } from "./program.ts";

const MAX_OUTPUT_BYTES = 8_000;

/**
 * opencode (1.18.33). The repository's opencode.json, `.opencode` plugins and skills stay off: they run in the
 * process that holds the connection to the model. Its switches stop most of that, but not the plugins, which its
 * second loader imports anyway (`--pure` or not): those files are hidden. A tool is printed only when it has
 * ended.
 */
export const opencode: Agent = {
  id: OPENCODE.id,
  provider: (model) => modelParts(model).provider,
  // Its small model is set to the same.
  mayCall: (model, name) => name === modelParts(model).model && !SEARCHES.test(name),
  keyNames: (model) => [...(providerFromId(modelParts(model).provider)?.envNames ?? [])],
  command,
  createParser,
};

/** OpenRouter's way to ask for a model that searches the web. */
const SEARCHES = /:online$/;

/** `provider/model`; a name without a provider is one of the default provider's. */
function modelParts(model: string | null): { provider: string; model: string } {
  const name = resolveModel(OPENCODE.id, model ?? OPENCODE.defaultModel, null) ?? "";
  const cut = name.indexOf("/");
  return cut < 1
    ? { provider: OPENCODE.provider, model: name }
    : { provider: name.slice(0, cut), model: name.slice(cut + 1) };
}

function command(input: LaunchInput): LaunchCommand {
  const { provider, model } = modelParts(input.model);
  const reference = `${provider}/${checkedModel(model)}`;
  const endpoint = endpointOf(provider);
  if (endpoint === null)
    throw new AgentCannotStart("launch_contract", `opencode cannot use the model provider "${provider}" here.`);
  return {
    file: openCodeProgram(input.nodeModules),
    args: [
      "run",
      "--pure",
      "--format",
      "json",
      "--model",
      reference,
      ...input.pictures.map((file) => `--file=${file}`),
    ],
    env: {
      HOME: input.homeDir,
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        autoupdate: false,
        share: "disabled",
        snapshot: false,
        lsp: false,
        permission: { "*": "allow" },
        enabled_providers: [provider],
        model: reference,
        small_model: reference,
        provider: {
          [provider]: {
            options: { baseURL: proxyUrl(input.proxyUrls, provider) + endpoint.sdkPath, apiKey: PLACEHOLDER_KEY },
            // Declared without details: a model of its own list keeps them, a newer one works anyway.
            models: { [model]: {} },
          },
        },
      }),
      OPENCODE_DISABLE_PROJECT_CONFIG: "1",
      OPENCODE_DISABLE_EXTERNAL_SKILLS: "1",
      OPENCODE_DISABLE_CLAUDE_CODE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    },
  };
}

const text = z.string().nullish().catch(null);
const changedFile = z.object({ relativePath: z.string(), patch: z.string() });
const metadata = z
  .object({
    diff: text,
    filepath: text,
    exists: z.boolean().nullish().catch(null),
    exit: z.number().int().nullish().catch(null),
    files: z.array(changedFile).nullish().catch(null),
  })
  .catch({ diff: null, filepath: null, exists: null, exit: null, files: null });
const time = z.object({ start: z.number(), end: z.number() }).nullish().catch(null);
const toolState = z.object({
  status: z.string(),
  input: toolInput,
  output: text,
  error: text,
  title: text,
  metadata,
  time,
});

const line = z.discriminatedUnion("type", [
  z.object({ type: z.literal("step_start") }),
  z.object({ type: z.literal("text"), part: z.object({ text: z.string() }) }),
  z.object({ type: z.literal("tool_use"), part: z.object({ tool: z.string(), callID: z.string(), state: toolState }) }),
  z.object({
    type: z.literal("step_finish"),
    part: z.object({
      reason: text,
    }),
  }),
  z.object({
    type: z.literal("error"),
    error: z.object({
      name: z.string().catch("Error"),
      data: z.object({ message: text, statusCode: z.number().nullish().catch(null), responseBody: text }).catch({}),
    }),
  }),
]);
type ToolPart = Extract<z.infer<typeof line>, { type: "tool_use" }>["part"];

function createParser(): AgentParser {
  let lastText = "";
  return {
    line(stream, content): AgentEvent[] {
      if (stream !== "stdout" || !content.startsWith("{")) return [];
      const parsed = line.safeParse(parseJson(content));
      if (!parsed.success) return [];
      switch (parsed.data.type) {
        case "step_start":
          return [{ kind: "resumed" }];
        case "text": {
          const said = parsed.data.part.text;
          if (said.trim() === "") return [];
          lastText = said;
          return [{ kind: "message", text: said }];
        }
        case "tool_use":
          return toolEvents(parsed.data.part);
        case "step_finish": {
          const { reason } = parsed.data.part;
          return endsTheTurn(reason) ? [{ kind: "final", text: lastText, waiting: false }] : [];
        }
        case "error":
          return errorEvents(parsed.data.error);
      }
    },
  };
}

/** There is no event for the end: a step that asks for no tool is the last one, as in opencode's own loop. */
const endsTheTurn = (reason: string | null | undefined): boolean =>
  reason != null && reason !== "tool-calls" && reason !== "unknown";

function toolEvents({ tool, callID: id, state }: ToolPart): AgentEvent[] {
  const { input } = state;
  const exitCode = state.metadata.exit ?? null;
  const ms = state.time == null ? null : Math.max(0, Math.round(state.time.end - state.time.start));
  const completed = state.status === "completed";
  const todos = todosOf(input);
  const list = completed ? todos : null;
  const plan = list === null ? null : planOf(list);
  const output = completed ? (state.output ?? "") : (state.error ?? state.output ?? "");
  return [
    {
      kind: "tool_call",
      id,
      tool,
      summary: toolSummary(input, workDirOf(state)) || (state.title ?? ""),
      ...(list === null ? {} : { isPlan: true }),
      ...(todos === null ? {} : { todos: shownTodos(todos) }),
    },
    ...(completed ? fileEdits({ id, tool, state }) : []),
    {
      kind: "tool_result",
      id,
      ok: completed && (exitCode ?? 0) === 0,
      output: clipBytes(output, { maxBytes: MAX_OUTPUT_BYTES, keep: "both" }),
      ...(exitCode === null ? {} : { exitCode }),
      ...(ms === null ? {} : { ms }),
      ...(plan === null ? {} : { plan }),
    },
  ];
}

/** Events do not name the folder, but a file's absolute path ends in its title, which is relative to it. */
function workDirOf(state: ToolPart["state"]): string | null {
  const path = state.metadata.filepath ?? stringOf(state.input, "filePath");
  return path && state.title && path.endsWith(`/${state.title}`) ? path.slice(0, -state.title.length - 1) : null;
}

function fileEdits({ id, tool, state }: { id: string; tool: string; state: ToolPart["state"] }): AgentEvent[] {
  const edit = (path: string, patch: string): AgentEvent => ({ kind: "file_edit", id, path, patch });
  if (state.metadata.files)
    return state.metadata.files.map((file) =>
      edit(repositoryPath(file.relativePath, null), renamedPatch(file.relativePath, file.patch)),
    );
  const file = stringOf(state.input, "filePath");
  if (file === null) return [];
  const path = repositoryPath(file, workDirOf(state));
  if (state.metadata.diff) return [edit(path, renamedPatch(path, state.metadata.diff))];
  return tool === "write" ? [edit(path, writtenPatch(path, state))] : [];
}

/** `write` tells the new content only: over an existing file the old one is not known. */
function writtenPatch(
  path: string,
  state: { input: ToolInput; metadata: { exists?: boolean | null | undefined } },
): string {
  const content = stringOf(state.input, "content") ?? "";
  return state.metadata.exists === true
    ? replacementPatch(path, { before: "", after: content })
    : newFilePatch(path, content);
}

function errorEvents(error: {
  name: string;
  data: {
    message?: string | null | undefined;
    statusCode?: number | null | undefined;
    responseBody?: string | null | undefined;
  };
}): AgentEvent[] {
  const said = error.data.message ?? error.name;
  // opencode shortens the conversation and goes on.
  if (error.name === "ContextOverflowError") return [{ kind: "message", text: said }];
  return [
    {
      kind: "fatal",
      said,
      ...modelFailure({ status: error.data.statusCode ?? null, text: `${said} ${error.data.responseBody ?? ""}` }),
    },
  ];
}
