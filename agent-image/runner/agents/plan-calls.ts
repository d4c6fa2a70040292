import { z } from "zod";
import type { AgentPlan } from "../../../lib/agent-protocol.ts";
import { planOf, stringOf, todosOf, type ToolTodo, type ToolInput } from "./tool-summary.ts";

type Call = { tool: string; input: ToolInput };
type Item = ToolTodo & { id: string };

const item = z.object({ id: z.string(), subject: z.string(), status: z.string().catch("pending") });
const created = z.object({ task: item });
const listed = z.object({ tasks: z.array(item) });
const itemOf = ({ id, subject, status }: z.infer<typeof item>): Item => ({ id, content: subject, status });

/**
 * The calls by which an agent keeps its plan: a whole list at once (`TodoWrite`), or Claude Code's own an item at a time
 * (`TaskCreate`, `TaskUpdate`; `TaskList` tells all of it). A call that failed has changed nothing.
 */
export class PlanCalls {
  #items: readonly Item[] = [];

  /** The plan as the call leaves it when it goes well; null: it writes none. */
  list(call: Call): readonly ToolTodo[] | null {
    return todosOf(call.input) ?? this.#after(call);
  }

  /** The plan after a call that went well; null: the call says nothing of it. `detail`: its result, as Claude Code has it. */
  done(call: Call, detail: unknown): AgentPlan | null {
    const whole = todosOf(call.input);
    if (whole !== null) return planOf(whole);
    const items = this.#told(call, detail);
    if (items === null) return null;
    this.#items = items;
    return planOf(items);
  }

  #told(call: Call, detail: unknown): readonly Item[] | null {
    if (call.tool === "TaskCreate") {
      const { data } = created.safeParse(detail);
      return data === undefined ? null : [...this.#items.filter(({ id }) => id !== data.task.id), itemOf(data.task)];
    }
    if (call.tool === "TaskList") return listed.safeParse(detail).data?.tasks.map(itemOf) ?? null;
    return this.#after(call);
  }

  #after({ tool, input }: Call): readonly Item[] | null {
    const content = stringOf(input, "subject");
    if (tool === "TaskCreate")
      return content === null ? null : [...this.#items, { id: "", content, status: "pending" }];
    const taskId = stringOf(input, "taskId");
    if (tool !== "TaskUpdate" || !this.#items.some(({ id }) => id === taskId)) return null;
    const status = stringOf(input, "status");
    return this.#items
      .filter(({ id }) => id !== taskId || status !== "deleted")
      .map((one) =>
        one.id === taskId ? { ...one, content: content ?? one.content, status: status ?? one.status } : one,
      );
  }
}
