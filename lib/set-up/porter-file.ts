import type { z } from "zod";
import { tokenLabels } from "../token-shapes.ts";
import { FIELDS, type FieldName, PORTER_KEYS, type PorterKey, porterKeys } from "./fields.ts";
import { type FileProblem, nearKey, type ProblemKind } from "./problem.ts";
import { readYaml, type RepeatedKey } from "./read-yaml.ts";
import { isReservedName, isVariableName } from "./variables.ts";

export const PORTER_FILE = ".porter.yml";
/** Of more problems than this the rest is not told. */
const MOST_PROBLEMS = 20;

/** What a `.porter.yml` says, as far as it can be read. */
export type PorterFile = { [Key in PorterKey]?: z.output<(typeof porterKeys)[Key]> };
type ReadPorterFile = { file: PorterFile; problems: FileProblem[] };

type Entry = { key: PorterKey; value: unknown; tell: (path: readonly PropertyKey[], problem: ProblemKind) => void };

/** Reads the file key by key: each unknown key and each wrong value is one problem, and the rest counts. */
export function readPorterFile(text: string): ReadPorterFile {
  const read = readYaml(PORTER_FILE, text);
  if (read.is === "broken") return { file: {}, problems: [read.problem] };
  const { value, lineOf, repeated } = read;
  if (value === null || value === undefined) return { file: {}, problems: [] };
  if (!isKeys(value)) return { file: {}, problems: [{ file: PORTER_FILE, line: 1, key: null, is: "no_keys" }] };
  const problems: FileProblem[] = [];
  const known = new Set<string>();
  const tellAt = (line: number | null, path: readonly PropertyKey[], problem: ProblemKind): void => {
    const [first, below] = path;
    // An item of a list has no name of its own.
    const key = typeof below === "string" ? `${String(first)}.${below}` : String(first);
    const told: FileProblem = { file: PORTER_FILE, line, key: key.slice(0, 100), ...problem };
    const words = JSON.stringify(told);
    if (problems.length < MOST_PROBLEMS && !known.has(words)) problems.push(told);
    known.add(words);
  };
  const tell: Entry["tell"] = (path, problem) => tellAt(lineOf(path), path, problem);
  for (const { line, path } of repeated) tellAt(line, path, { is: "twice" });
  const file: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(withoutRepeated(value, repeated))) {
    const known = PORTER_KEYS.find((name) => name === key);
    if (known === undefined) tell([key], { is: "unknown_key", near: nearKey(key, PORTER_KEYS) });
    else file[known] = readKey({ key: known, value: given, tell });
  }
  return { file: withoutNothing(file), problems };
}

/** Nobody knows which of the two is meant. */
function withoutRepeated(value: Record<string, unknown>, repeated: readonly RepeatedKey[]): Record<string, unknown> {
  const rest = { ...value };
  for (const { path } of repeated) {
    const [top = "", below] = path;
    const inside = rest[top];
    if (below === undefined || !isKeys(inside)) delete rest[top];
    else rest[top] = without(inside, [below]);
  }
  return rest;
}

const withoutNothing = (file: Record<string, unknown>): PorterFile =>
  Object.fromEntries(Object.entries(file).filter(([, value]) => value !== undefined)) as PorterFile;

const isKeys = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What counts of a key's value; undefined: nothing. An empty key is as good as none. */
function readKey(entry: Entry): unknown {
  if (entry.value === null) return undefined;
  if (entry.key === "env") return parsed({ ...entry, value: withoutMisnamed(entry) });
  const value = parsed(entry);
  return entry.key === "secrets" ? withoutReserved(entry, value) : value;
}

/** What can be taken out of a value is taken out, and the rest is looked at again. */
function parsed(entry: Entry): unknown {
  const { key, value, tell } = entry;
  const result = porterKeys[key].safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const [issue] = issues;
  if (issue?.code === "unrecognized_keys" && isKeys(value)) {
    for (const name of issue.keys) tell([key, name], { is: "unknown_key", near: nearKey(name, namesBelow(key)) });
    return parsed({ ...entry, value: without(value, issue.keys) });
  }
  const below = [...new Set(issues.flatMap(({ path }) => path.slice(0, 1)))];
  const isInside = Array.isArray(value) || isKeys(value);
  if (!isInside || below.length === 0) {
    tell([key], { is: "wrong", field: key });
    return undefined;
  }
  for (const name of below) tell([key, name], { is: "wrong", field: fieldAt(key, name) });
  if (Array.isArray(value)) return parsed({ ...entry, value: value.filter((_, at) => !below.includes(at)) });
  // Without a command there is nothing else to say of it.
  if (key === "setup" && below.includes("run")) return undefined;
  return parsed({ ...entry, value: without(value, below.map(String)) });
}

const without = (value: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !keys.includes(name)));

const fieldNames = Object.keys(FIELDS) as FieldName[];
const fieldAt = (key: PorterKey, below: PropertyKey): FieldName =>
  key === "env" ? "env.*" : (fieldNames.find((name) => name === `${key}.${String(below)}`) ?? key);
const namesBelow = (key: PorterKey): string[] =>
  fieldNames.filter((name) => name.startsWith(`${key}.`)).map((name) => name.slice(key.length + 1));

/** Variables that a repository may set, without values that are secrets. */
function withoutMisnamed({ value, tell }: Entry): unknown {
  if (!isKeys(value)) return value;
  const kept = Object.entries(value).filter(([name, given]) => {
    const isSecret = typeof given === "string" && tokenLabels(given).length > 0;
    if (isReservedName(name)) tell(["env", name], { is: "reserved_name" });
    else if (!isVariableName(name)) tell(["env", name], { is: "wrong", field: "env.*" });
    else if (isSecret) tell(["env", name], { is: "secret_value" });
    else return true;
    return false;
  });
  return Object.fromEntries(kept);
}

function withoutReserved({ key, value: given, tell }: Entry, names: unknown): unknown {
  if (!Array.isArray(names) || !Array.isArray(given)) return names;
  return names.filter((name) => {
    const isReserved = isReservedName(String(name));
    if (isReserved) tell([key, given.indexOf(name)], { is: "reserved_name" });
    return !isReserved;
  });
}
