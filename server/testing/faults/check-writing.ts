import { readRows } from "./history";
import { broken, type Found, type Violation } from "./violation";

/**
 * I14: what branches show is what was handed over: each head is one of a judged set, with the set's own tree, and no set
 * has two. I15: no machine has a token that could push.
 */
export async function checkWriting({ stage }: Found): Promise<Violation[]> {
  const { world } = stage;
  const { github } = world.outside;
  const sets = await readRows(
    world.engine,
    `SELECT task_id, attempt, tree, judgement, written_head, json_extract(write_progress, '$.head.commit') AS kept
     FROM change_sets WHERE whole_at IS NOT NULL`,
  );
  const shown = new Map<string, Set<string>>();
  const wrong = github.state.shown.flatMap(({ branch, commit, tree }) => {
    const set = sets.find(({ written_head, kept }) => written_head === commit || kept === commit);
    if (set === undefined) return [broken("I14", `${branch} was given ${commit}, which is of no set`)];
    const name = `set of attempt ${String(set.attempt)} of ${String(set.task_id)}`;
    shown.set(name, (shown.get(name) ?? new Set()).add(commit));
    return [
      ...(set.judgement === null ? [broken("I14", `the ${name} was written and not judged`, String(set.task_id))] : []),
      ...(set.tree === tree
        ? []
        : [broken("I14", `the ${name} became another tree on ${branch}`, String(set.task_id))]),
    ];
  });
  const twice = [...shown]
    .filter(([, heads]) => heads.size > 1)
    .map(([name]) => broken("I14", `the ${name} has two heads`));
  const mayWrite = new Set(
    github.state.minted.flatMap(({ token, permissions }) => (permissions.contents === "write" ? [token] : [])),
  );
  const armed = stage.runners().filter(({ secrets }) => secrets.some((secret) => mayWrite.has(secret)));
  return [
    ...wrong,
    ...twice,
    ...armed.map(({ machine }) => broken("I15", `${machine.name} has a token that may write`)),
  ];
}
