/** As much of oxlint's syntax tree (ESTree) as Porter's own rule looks at. */
export type Node = {
  type: string;
  name?: string;
  key?: Node;
  value?: unknown;
  regex?: { pattern: string };
  operator?: string;
  computed?: boolean;
  id?: Node;
  init?: Node | null;
  callee?: Node;
  object?: Node;
  property?: Node;
  arguments?: Node[];
  expression?: Node;
  expressions?: Node[];
  argument?: Node;
  left?: Node;
  right?: Node;
  test?: Node | null;
  consequent?: Node;
  alternate?: Node;
  discriminant?: Node;
  params?: Node[];
  body?: Node | Node[];
  quasi?: Node;
  quasis?: Node[];
  typeAnnotation?: Node;
  parent?: Node;
};
export type Visitor = Record<string, (node: Node) => void>;
export type Rule = {
  create(context: { filename: string; report(finding: { node: Node; message: string }): void }): Visitor;
};
