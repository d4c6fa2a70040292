import { expect, test } from "vitest";
import { foreignSecretsIn, foreignSecretsInFile } from "./foreign-secrets.ts";

// In two halves, so that nobody takes this file for one that holds credentials.
const AWS_ID = `AKIA${"ABCDEFGH23456789"}`;
const GITHUB = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}`;
const ADDRESS = `https://user:${"pa55word"}@example.org/x`;

test.each([
  ["an AWS access key", `id = ${AWS_ID}`],
  ["an AWS secret key", `aws_secret_access_key = ${"wJalrXUtnFEMI/K7MDENG"}/bPxRfiCYzzzzzzKEY1`],
  ["a GitHub token", `token: ${GITHUB}`],
  ["a password in an address", `DATABASE=${ADDRESS}`],
  ["a password of a database", `mysql://root:${"secretpassword"}@db.example.org/x`],
  ["a Fly token", `FlyV1 fm2_${"fakeAb0+/=".repeat(6)}`],
  ["an Amp key", `sgamp_fake_${"a1B2".repeat(6)}`],
  ["a Google API key", `AIza${"Fake".padEnd(35, "x")}`],
  ["an Anthropic key", `sk-ant-fake03-${"a1B_".repeat(8)}`],
  ["a credential of Stripe", `sk_live_${"51H8xQ2eZvKYlo2C0abcdefgh"}`],
])("finds %s", async (label, text) => {
  expect(await foreignSecretsIn(`const x = 1;\n${text}\n`)).toContain(label);
});

test("takes no orders from the file", async () => {
  for (const order of ["// secretlint-disable", "/* secretlint-disable @secretlint/secretlint-rule-github */"])
    expect(await foreignSecretsIn(`${order}\n${GITHUB}\n`)).toEqual(["a GitHub token"]);
});

test("says nothing of plain code, of the words that a key begins with, and of numbers of accounts", async () => {
  const text = `const a = 1;\nconst begin = "-----BEGIN ${"PRIVATE"} KEY-----";\nAWS_ACCOUNT_ID=123456789012\nhttps://example.org/a@b\n`;
  expect(await foreignSecretsIn(text)).toEqual([]);
});

test("finds one in a file of any size, on the border of two pieces, and between bytes that are no text", async () => {
  for (const at of [0, 1024 ** 2 - 20, 1024 ** 2, 3 * 1024 ** 2 - 100]) {
    const file = Buffer.alloc(3 * 1024 ** 2, " ");
    file.write(` ${GITHUB} `, at);
    expect(await foreignSecretsInFile(file), String(at)).toEqual(["a GitHub token"]);
    file[file.length - 1] = 0;
    file[file.length - 2] = 0xff;
    expect(await foreignSecretsInFile(file), `${at}, binary`).toEqual(["a GitHub token"]);
  }
});
