// What nothing may be called, for scripts/check.test.ts to plant.

/** Its name, the file and its text, and what is said of it. */
type Planted = [name: string, path: string, text: string, finding: string];

export const PLANTED_NAMES: Planted[] = [
  ...Object.entries({
    "a comparison": '(agent: string): boolean => agent === "opencode"',
    "another name of it": '(key: string): boolean => key === "claude-code"',
    "a name for people": "(name: string): string => `Ask Claude Code, ${name}`",
    "a key of a table": '(agent: "a"): string => ({ a: "1", amp: "2" })[agent]',
    "a field of a table": "(of: { claude: string }): string => of.claude",
    "a pattern": "(name: string): boolean => /^(?:opencode|other)$/.test(name)",
    "its package": '(name: string): boolean => name === "@ampcode/cli"',
    "another case of it": '(name: string): boolean => name === "Opencode"',
    "a beginning": '(name: string): boolean => name.startsWith("opencode-")',
    "in a template": "(name: string): boolean => name === `codex`",
    "a field of a type": "(of: { [key: string]: string; codex: string }): string => of.a ?? ''",
  }).map(([name, asked], index): Planted => [
    `an agent's name outside its manifest: ${name}`,
    `server/tasks/planted-agent-${index}.ts`,
    `export const asked = ${asked};\n`,
    "an agent's name outside its manifest",
  ]),
  ...Object.entries({
    "a function": "export function settle(): void {}",
    "an async one": "export async function settle(): Promise<void> {}",
    "a generator": "export function* settle(): Generator<number> {}",
    "an arrow": "export const settle = (): void => {};",
    "one that is kept in a constant": "export const settle = function (): void {};",
    "one that a list exports": "const settle = (): void => {};\nexport { settle };",
    "one under another name": "function settleIt(): void {}\nexport { settleIt as settle };",
    "the default one": "export default function settle(): void {}",
    "the default one by its name": "const settle = (): void => {};\nexport default settle;",
    "another file's under another name": 'export { one as settle } from "./planted-ground";',
    "one behind a cast": "export const settle = ((): void => {}) as () => void;",
    "one that satisfies a type": "export const settle = ((): void => {}) satisfies () => void;",
    "one of two": "export const settle = Math.random() > 1 ? (): void => {} : (): void => {};",
    "one that is bound": "const settleIt = (): void => {};\nexport const settle = settleIt.bind(null);",
  }).map(([name, text], index): Planted => [
    `an exported function that is one everyday word: ${name}`,
    `lib/planted-everyday-${index}.ts`,
    `${text}\n`,
    '"settle" alone is an everyday word',
  ]),
  ...Object.entries({
    "a type": "export type PlantedTwice = { one: number };",
    "an interface": "export interface PlantedTwice {\n  two: number;\n}",
    "a class": "export class PlantedTwice {}",
    "an abstract class": "export abstract class PlantedTwice {}",
    "a declared class": "export declare class PlantedTwice {}",
    "the default one": "export default class PlantedTwice {}",
    "a comment between": "export /* why */ type PlantedTwice = 3;",
    "wide spaces": "export  type   PlantedTwice = 4;",
    "a list of types": "type PlantedTwice = 5;\nexport type { PlantedTwice };",
    "a type in a list": "type PlantedTwice = 6;\nexport { type PlantedTwice };",
    "a class in a list": "class PlantedTwice {}\nexport { PlantedTwice };",
    "another name of one": "type Planted = 7;\nexport type { Planted as PlantedTwice };",
    "another file's under another name": 'export type { Other as PlantedTwice } from "./part-0";',
  }).map(([name, text], index): Planted => [
    `two exported types of one name: ${name}`,
    `server/planted-twice/part-${index}.ts`,
    `${text}\n`,
    "PlantedTwice is exported by",
  ]),
];
