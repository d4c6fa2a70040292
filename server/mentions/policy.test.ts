import { expect, it } from "vitest";
import { parseComment } from "@/lib/commands/parse";
import { type LastEnd, startsAfter, startsBeside } from "./policy";

const OPEN = [{ id: "task_0123456789abcdefghij" }];

/** What becomes of the commands of a comment while a task of the issue waits or runs. */
const doneWith = (text: string, open: readonly unknown[] = OPEN): string[] =>
  parseComment(text, { mentions: ["porter"] }).map((command) =>
    command.kind !== "start" ? command.kind : startsBeside(command, open) ? "start" : "asked",
  );

/** What people reply below a run, with and without a question, an agent or a wish in it. */
const REPLIES = `
thanks!|LGTM|nice work, merging|what did you change?|stop please|cancel|retry please|try again|can you also add a test?
Great, could you also update the docs?|This looks good but the tests fail on Windows.|Please don't touch the lock file.|Hmm, that is not what I meant.
Why did you rename the function?|I think we should use a Map here.|Claude did a great job|claude is wrong here, use a set|opencode seems slow today
amp would be better at this|Actually, hold on, I found the cause.|It still crashes on start.|Never mind, I fixed it myself.|use tabs, not spaces
and please add a changelog entry|Wait, wrong issue!|stop using moment|stop after the tests pass|don't stop until it is green|Is there a way to make it faster?
One more thing: rename foo to bar.|See #12 for details.|cc @octocat|same here|me too|any news?|bump|go ahead|yes, do it|ok, proceed
sounds good, go for it|could you rebase this?|merge when green|revert the last commit please|why is CI red?|that's enough for today
I'll have a look tomorrow|closing this|reopened, happens again|what model is this?|how much did this cost?|who triggered this?|hello|👍|?|...|🙏 please
Kannst du auch einen Test schreiben?|Bitte die Doku auch anpassen|Sieht gut aus, aber die Tests schlagen fehl|Warum hast du das umbenannt?|Danke, reicht so
Peux-tu aussi ajouter un test ?|Ça ne marche toujours pas|C'est parfait, merci|Pourquoi as-tu changé ça ?|arrête-toi là
¿Puedes añadir una prueba también?|Todavía falla|Perfecto, gracias|No toques ese archivo|para ya
Pode adicionar um teste também?|Ainda não funciona|Puoi aggiungere anche un test?|Non funziona ancora|Kun je ook een test toevoegen?|Werkt nog niet
Możesz też dodać test?|Nadal nie działa|Можешь ещё добавить тест?|Всё ещё падает|Test de ekler misin?|Hâlâ çalışmıyor|Kan du lägga till ett test?
テストも追加してくれますか？|まだ動きません|ありがとうございます、マージします|也加一个测试吧|还是不行|看起来不错，合并了|테스트도 추가해 줄 수 있어?|아직 안 돼요|هل يمكنك إضافة اختبار؟|אפשר להוסיף גם בדיקה?
`
  .split(/[|\n]/)
  .filter((reply) => reply !== "");

it.each(REPLIES)("`@porter %s` starts nothing while something is open", (reply) => {
  for (const text of [
    `@porter ${reply}`,
    `@porter, ${reply}`,
    `@porter\n${reply}`,
    `@porter ${reply}\n\nSent from my iPhone`,
    `hey @porter ${reply}`,
    `**@porter** ${reply}`,
  ])
    expect([text, doneWith(text).filter((done) => done === "start")]).toEqual([text, []]);
});

it.each([
  ["@porter", "asked"],
  ["@porter --priority=high fix it", "asked"],
  ["@porter claude fix it", "asked"],
  ["@porter claude", "start"],
  ["@porter claude --model=opus", "start"],
  ["@porter --", "start"],
  ["@porter -- can you also add a test?", "start"],
  ["@porter claude -- stop using moment", "start"],
  ["@porter -- thanks", "start"],
  ["@porter stop", "stop"],
  ["@porter abort please", "stop"],
  ["@porter please stop the run now, please stop it", "talk"],
])("%j, while something is open, is %s", (text, done) => {
  expect(doneWith(text)).toEqual([done]);
});

it.each([
  ["@porter", "start"],
  ["@porter can you also add a test?", "start"],
  ["@porter stop using moment", "start"],
  ["@porter help me fix this", "start"],
  ["@porter cancel", "stop"],
  ["@porter retry please", "retry"],
  ["@porter thanks!", "talk"],
  ["@porter what did you change?", "talk"],
])("%j, with nothing open, is %s", (text, done) => {
  expect(doneWith(text, [])).toEqual([done]);
});

/** What becomes of the first command of a comment after a run of the issue that ended like this; null: there was none. */
const after = (text: string, last: LastEnd): string => {
  const [command] = parseComment(text, { mentions: ["porter"] });
  return command?.kind !== "start" ? (command?.kind ?? "nothing") : startsAfter(command, last) ? "start" : "talk";
};
const ENDED: LastEnd = { failureCode: null };

/** Thanks and the like in words that no list has, and short replies that ask for nothing that Porter knows of. */
const UNKNOWN = `
hvala lijepa ekipo|Faleminderit shoku|Nagyon jó lett|Zo is het helemaal mooi|blagodaria kolegi|grazzi ħafna|E bukur|Oke bos|yay team
Mīļš paldies|Labai šaunu|Väga kena|Dank je, klopt zo|Ich schau es mir morgen an|Schaut fein aus|C'est nickel chrome|Vraiment top du top
De lujo|Qué crack|Ficou show de bola|Che bomba ragazzi|Mega robota chłopaki|Кайф|Огонь просто|Топчик|Ура, зелёное|Efsane olmuş|Eline sağlık
Snyggt jobbat|Så fint|Kanon bra|Det ser bra ut|Hienosti meni|谢啦|辛苦辛苦|真香|牛|さすが|感動した|お見事|수고링|짱이다|굿굿|شكرا يا بطل|يعطيك العافية|תודה אלוף
🎉🎉|sick|dope|noice|chef's kiss|what a legend|well played|bravissimo|kudos to the team|the tests are green now|worked like a charm|just what I was after
`
  .split(/[|\n]/)
  .filter((reply) => reply !== "");

it.each(UNKNOWN)("`@porter %s` starts nothing after a run", (reply) => {
  for (const text of [`@porter ${reply}`, `@porter, ${reply}!`, `@porter\n${reply}\n\nSent from my iPhone`])
    expect([text, after(text, ENDED)]).not.toEqual([text, "start"]);
});

it.each(
  `
fix the login bug|implementiere das|修复登录|add a test|please add tests|can you also add a test?|also update the docs|could you rebase this?|undo that
the parser still crashes on src/a.ts|same for parseComment|see #12|bitte auch die Doku anpassen|Kannst du das umbenennen?|ajoute un test|corrige la faute
agrega una prueba|arregla el botón|adicione um teste|corrige o erro|aggiungi un test|correggi il bug|voeg een test toe|dodaj test|popraw to|добавь тест
исправь опечатку|додай тест|test ekle|hatayı düzelt|lägg till ett test|fixa buggen|tilføj en test|legg til en test|lisää testi|přidej test|oprav to
adaugă un test|adj hozzá egy tesztet|πρόσθεσε ένα τεστ|thêm một bài kiểm tra|tambahkan tes|أضف اختبارا|הוסף בדיקה|加一个测试|テストを追加して|バグを直して|테스트 추가해줘
`
    .split(/[|\n]/)
    .filter((wish) => wish !== ""),
)("`@porter %s` starts after a run, and where none was", (wish) => {
  for (const last of [null, ENDED]) expect([last, after(`@porter ${wish}`, last)]).toEqual([last, "start"]);
});

it.each(["@porter", "@porter hvala lijepa ekipo", "@porter claude 修复", "@porter E bukur"])(
  "%j, where no run was, starts as it says",
  (text) => expect(after(text, null)).toBe("start"),
);

it.each([
  ["@porter", ENDED],
  ["@porter claude kolegi", ENDED],
  ["@porter --priority=high kolegi", ENDED],
  ["@porter -- kolegi", ENDED],
  ["@porter the blue ones", { failureCode: "agent_asks" }],
] satisfies [string, LastEnd][])("%j starts after %j: it is more than a reply, or an answer", (text, last) => {
  expect(after(text, last)).toBe("start");
});
