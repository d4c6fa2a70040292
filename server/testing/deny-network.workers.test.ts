import { expect, test } from "vitest";

test("a workers test cannot reach a host outside workerd", async () => {
  const answer = await fetch("https://porter.invalid/");
  expect(answer.status).toBe(599);
  expect(await answer.text()).toContain("tests reach no network");
});
