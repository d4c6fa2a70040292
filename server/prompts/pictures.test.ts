import { expect, test } from "vitest";
import { buildPrompt, type PromptInput } from "./build";
import { picturesIn } from "./pictures";

const asset = (number: number) => `0b9c1c1e-1111-4222-8333-${String(number).padStart(12, "0")}`;
const address = (number: number) => `https://github.com/user-attachments/assets/${asset(number)}`;
const image = (number: number) => `![](${address(number)})`;

test.each([
  ["an image of Markdown", image(1), 1],
  ["an image of HTML", `<img width="600" src="${address(1)}" />`, 1],
  ["an image whose number is written in capitals", `![](${address(1).replace("0b9c1c1e", "0B9C1C1E")})`, 1],
  ["an address in words", `As in ${address(1)} above`, 0],
  ["a link", `[shot](${address(1)})`, 0],
  ["an image of somewhere else", `![](https://evil.example/${asset(1)}.png)`, 0],
  ["an image with the number in its query", `![](https://evil.example/x?user-attachments/assets/${asset(1)})`, 0],
  ["a number of another form", `![](https://github.com/user-attachments/assets/../../etc/passwd)`, 0],
  ["a number that is too long", `![](${address(1)}0)`, 0],
])("%s", (_, text, count) => expect(picturesIn([{ text, shownIn: 7 }]).pictures).toHaveLength(count));

test("one picture is named once, with every place that may show it, and no more than eight are", () => {
  const twice = [7, null, 7].map((shownIn) => ({ text: image(1), shownIn }));
  expect(picturesIn(twice).pictures).toEqual([{ asset: asset(1), shownIn: [7, null] }]);
  const many = Array.from({ length: 11 }, (__, number) => ({ text: image(number), shownIn: number + 1 }));
  const { pictures, over } = picturesIn(many);
  expect([pictures.length, over]).toEqual([8, 3]);
});

const base: PromptInput = {
  issueTitle: "T",
  issueBody: image(1),
  issueNumber: 1,
  issueAuthor: { login: "octocat", role: "owner" },
  instructions: `like ${image(2)}`,
  repositoryContext: null,
  repositoryFullName: "octocat/hello",
  nonce: "n0nce-Of_test5-000",
};
const said = (writer: "person" | "bot", role: "write" | "unknown", number: number) => ({
  id: number,
  author: { login: "mona", role },
  writer,
  createdAt: `2026-11-20T10:00:0${number}Z`,
  lastEditedAt: null,
  isMinimized: false,
  body: image(number),
});

test("of all that is kept, the request first and the newest word next; what is left out shows none", () => {
  const comments = [
    said("person", "write", 3),
    said("person", "unknown", 4),
    said("bot", "unknown", 5),
    said("person", "write", 6),
  ];
  const end = { commentId: 9, at: "2026-11-20T11:00:00Z" };
  const thread = { comments, untold: 0, end, outsiders: "left out" as const };
  const { prompt, files } = buildPrompt({ ...base, commentId: 9, discussion: { thread, linked: [] } });
  expect(files?.pictures).toEqual([
    { asset: asset(2), shownIn: [9] },
    { asset: asset(1), shownIn: [null] },
    { asset: asset(6), shownIn: [6] },
    { asset: asset(3), shownIn: [3] },
  ]);
  expect(prompt).toContain(`\`../context/picture-1\` is ${asset(2)}, \`../context/picture-2\` is ${asset(1)}`);
  expect(prompt).toContain("`../context/discussion.md`");
  expect(files?.discussion).toContain("@mona (member of this repository, with write access) wrote at");
});

test("what was written in Porter shows nothing, and where there is nothing no file is spoken of", () => {
  expect(buildPrompt(base).files?.pictures).toEqual([{ asset: asset(1), shownIn: [null] }]);
  const plain = buildPrompt({ ...base, issueBody: "", instructions: "go" });
  expect([plain.files, plain.prompt.includes("../context")]).toEqual([null, false]);
});
