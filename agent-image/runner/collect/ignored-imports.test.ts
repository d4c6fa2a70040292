import { expect, test } from "vitest";
import { ignoredTarget, importsIn } from "./ignored-imports.ts";

test.each([
  ['import { a } from "./generated/client";', "src/main.ts", ["src/generated/"], "src/generated/"],
  ["const a = require('../gen/a')", "src/x/main.js", ["src/gen/a.js"], "src/gen/a.js"],
  ['import a from "./a.js";', "src/main.ts", ["src/a.ts"], "src/a.ts"],
  ['import a from "./a";', "main.ts", ["a/index.ts"], "a/index.ts"],
  ['  #include "config.h"', "src/main.c", ["src/config.h"], "src/config.h"],
  ["from .schema_pb2 import X", "app/main.py", ["app/schema_pb2.py"], "app/schema_pb2.py"],
  ["from ..gen.schema import X", "app/sub/main.py", ["app/gen/schema.py"], "app/gen/schema.py"],
  ['import a from "./a";', "src/main.ts", ["a.ts", "src/ab.ts", "src/b/"], null],
  ["// see ./a", "main.ts", ["a"], null],
])("%s in %s", (content, path, ignored, target) => {
  const targets = importsIn(Buffer.from(content)).map((imported) => ignoredTarget(path, imported, ignored));
  expect(targets.find((one) => one !== null) ?? null).toBe(target);
});
