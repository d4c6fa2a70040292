import type { Abuse, Promised } from "../abuse.ts";

const CALLS = "agent-image/runner/meter/calls.test.ts";
const PASSED = "agent-image/runner/meter/passed-calls.test.ts";
const BUDGET = "agent-image/runner/meter/budget.test.ts";
const COUNTS = "agent-image/runner/meter/counts.test.ts";
const STRICT = "agent-image/runner/meter/strict-json.test.ts";

/** A call to the provider with the run's key that no coding agent needs. `shown`: words of its case. */
const refused = (abuse: string, shown: string, guard?: Abuse["guard"]): Abuse => ({
  abuse,
  expected: "403; the provider hears nothing",
  test: [CALLS, "a call that a coding agent does not need", shown],
  ...(guard === undefined ? {} : { guard }),
});

/** What leaves a machine through the provider, and what it costs. */
export const MODEL_CALLS: Promised[] = [
  {
    promise: "Through the provider nothing leaves a machine but what an agent says to its own model.",
    abuses: [
      refused("Another model with the run's key", "other", {
        file: "agent-image/runner/meter/model-call.ts",
        text: "if (!rule.mayCall(model))",
        without: `if (model === "")`,
      }),
      refused("Remote MCP servers in a call", "mcp_servers"),
      refused("The provider's search of the web, by option or plugin", "web_search_options"),
      refused("An address that the provider would fetch: a picture's or a document's", "image_url"),
      refused("A file's address for Google", "fileUri"),
      refused("Containers and skills at the provider", "container"),
      refused("Files that lie at the provider", "file_id"),
      refused("Work that goes on at the provider by itself", "background"),
      refused("Another's answer or conversation (`previous_response_id`)", "previous_response_id"),
      refused("Another model by a fallback, a route or a preset", "fallback"),
      refused("A dearer service tier, speed or number of answers", "service_tier"),
      refused("A field that nobody knows", "something_new"),
      refused("Batches, files and other paths, by any method", "is refused by its path"),
      refused("A body that is compressed, of another type or alphabet, or too long", "is refused as it came"),
      {
        abuse: "A body that the provider reads otherwise: a name twice, spelt in any way",
        expected: "refused: what was read is what is sent",
        test: [STRICT, "has no name twice in one object"],
        guard: { file: "agent-image/runner/meter/strict-json.ts", text: "  refuseTwins(text);\n", without: "" },
      },
      {
        abuse: "Bytes that are no UTF-8 in a body",
        expected: "refused",
        test: [STRICT, "is strict UTF-8"],
        guard: {
          file: "agent-image/runner/meter/strict-json.ts",
          text: `new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })`,
          without: `new TextDecoder("utf-8", { ignoreBOM: true })`,
        },
      },
      {
        abuse: "The provider's own tools beside the agent's (search, code, fetch)",
        expected: "taken out of the list, and counted",
        test: [PASSED, "what is passed on", "has the agent's own tools alone"],
        guard: {
          file: "agent-image/runner/meter/anthropic.ts",
          text: "(type) => OWN_TOOL.test(type)",
          without: "() => true",
        },
      },
      {
        abuse: "Beta flags, headers and parameters that are on no list",
        expected: "not passed on",
        test: [PASSED, "has headers and parameters from a list"],
      },
      {
        abuse: "A call from the agent's shell under another agent's small model",
        expected: "its own models alone",
        test: [PASSED, "the models of a run"],
      },
    ],
  },
  {
    promise: "A run costs what its provider charged, and stops at its budget.",
    abuses: [
      {
        abuse: "Many calls at once for the last cent of a budget",
        expected: "one gets it; what is spent lies above by less than one call",
        test: [BUDGET, "gives the last cent to one of two calls that ask for it at once"],
        guard: {
          file: "agent-image/runner/meter/budget.ts",
          text: "this.#spent + this.#reserved + next.most <= this.#limit",
          without: "this.#spent <= this.#limit",
        },
      },
      {
        abuse: "A forged cost in a machine's last word, or an agent that tells none",
        expected: "the proxy's own sum",
        test: ["server/tasks/attempt/budget.workers.test.ts", "takes no agent's word for a cost"],
      },
      {
        abuse: "A run that goes on when its budget is spent",
        expected: "ended by Porter's own sum, its work kept",
        test: ["server/tasks/attempt/budget.workers.test.ts", "ends the run when it is spent, by Porter's own sum"],
      },
      {
        abuse: "A budget below zero, not a number, or of a thousandth of a cent",
        expected: "no budget",
        test: ["lib/budget.test.ts", "a budget", "is not"],
      },
      {
        abuse: "Two runs of one task against one budget",
        expected: "passed by less than one call",
        test: [BUDGET, "is passed by less than one call, whatever two runs of a task do at once"],
      },
      {
        abuse: "A run that begins anew with its budget after a retry",
        expected: "what earlier attempts spent counts",
        test: [BUDGET, "holds across attempts"],
      },
      {
        abuse: "An agent that leaves before the bill comes",
        expected: "counted as the most that it can have cost",
        test: [BUDGET, "counts an answer that the agent left as the most it can have cost"],
      },
      {
        abuse: "An answer without end (`max_tokens`)",
        expected: "lowered to a cap, also where no number is named",
        test: [PASSED, "asks for no more output than an agent needs"],
      },
      {
        abuse: "Five calls at once",
        expected: "the fifth waits",
        test: [BUDGET, "lets four calls go at once, and the fifth when one of them has ended"],
      },
      {
        abuse: "A stream that hides its count, or breaks off before it",
        expected: "asked for, and else the most it can have been",
        test: [COUNTS, "is the most it can have been where the answer broke off"],
      },
      {
        abuse: "A model without a price",
        expected: "the provider's dearest",
        test: [COUNTS, "is the dearest of the provider for a model without a price"],
      },
      {
        abuse: "A provider that counts more than can have been",
        expected: "never more than was reserved",
        test: [COUNTS, "is never more than what is reserved for it"],
      },
    ],
  },
];
