import { expect, it } from "vitest";
import { parseComment } from "@/lib/commands/parse";
import { type LastEnd, startsAfterRun, startsWhileOpen } from "./starts";

const OPEN = [{ id: "task_0123456789abcdefghij" }];

/** What becomes of the commands of a comment while a task of the issue waits or runs. */
const doneWith = (text: string, open: readonly unknown[] = OPEN): string[] =>
  parseComment(text, { mentions: ["porter"] }).map((command) =>
    command.kind !== "start" ? command.kind : startsWhileOpen(command, open) ? "start" : "asked",
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
  return command?.kind !== "start" ? (command?.kind ?? "nothing") : startsAfterRun(command, last) ? "start" : "talk";
};
const ENDED: LastEnd = { failureCode: null };

/** Thanks and the like in words that no list has, and short replies that ask for nothing that Porter knows of. */
const UNKNOWN = `
hvala lijepa ekipo|Faleminderit shoku|Nagyon jó lett|Zo is het helemaal mooi|blagodaria kolegi|grazzi ħafna|E bukur|Oke bos|yay team
Mīļš paldies|Labai šaunu|Väga kena|Dank je, klopt zo|Ich schau es mir morgen an|Schaut fein aus|C'est nickel chrome|Vraiment top du top
De lujo|Qué crack|Ficou show de bola|Che bomba ragazzi|Mega robota chłopaki|Кайф|Огонь просто|Топчик|Ура, зелёное|Efsane olmuş|Eline sağlık
Snyggt jobbat|Så fint|Kanon bra|Det ser bra ut|Hienosti meni|谢啦|辛苦辛苦|真香|牛|さすが|感動した|お見事|수고링|짱이다|굿굿|شكرا يا بطل|يعطيك العافية|תודה אלוף
🎉🎉|sick|dope|noice|chef's kiss|what a legend|well played|bravissimo|kudos to the team|the tests are green now|worked like a charm|just what I was after
is there a way to cache this?|the total is wrong for empty carts|dark mode|Fails on Windows with EPERM|go
please look into this|can you take this one?|your turn|work on this please|have a go at it
Pleas stop|stop plesae|cancle|cancle pls|retry pleeease|Thnaks!|thansk|tnx|<3|you there?
please stop the deploy job from failing|cancel my order please|retry the upload when the network is back
status page is down|good catch on the null check|clean change, easy review|the update went fine
test coverage looks great now|build passes, lint passes, tests pass|the release is out
review done, two nits, will fix them myself|we use this in prod since today|people love the new filter
this should help a lot of people|I can't reproduce it anymore|no longer happens|fix confirmed
open since 2019 and now it is done, unbelievable|Set phasers to stun|run, Forrest, run|keep calm and carry on
turns out it was DNS|add me to the list of fans|mark my words, this will be big|give yourself a raise|take a bow
drop the mic
once|more please|one more thing|not again|oh no, not again|it happened again|here we go again|again?|new task|nuevo
otra cosa|noch was|ещё?|why stop|don't stop|no need to stop|never stop|para mí|para Mona|basta con esto
halt die Ohren steif|alto nivel|kes sesini|nada más, gracias|nichts mehr, danke|pare de sufrir|let it be|help wanted
no help needed, thanks|status is green|all is well that ends well|kill two birds with one stone|quit joking
we cancel each other out|стоп, а зачем?
cancel all open orders older than 30 days|retry failed uploads three times
wow, I did not expect that to work on the first try, hats off to you and to whoever built this thing
this is honestly the best pull request I have seen all week, the fix is tiny and the tests are lovely
nice, the bug in src/cart.ts is gone, I checked it on staging|the fix works like a charm, thanks
great fix and great tests, keep up the good work!|keep it up!
looks good, but let me run it past the design team before we merge
Super gemacht, genau so hatte ich mir das vorgestellt, das ganze Team freut sich|mach weiter so!
why is the build red?|can you explain what you did?|warum dauert das so lange?|pourquoi ça échoue ?
¿por qué tarda tanto?|почему так долго?|なんで失敗したの？|为什么失败了？|oh great, another failed run
brilliant, you deleted the tests to make them pass|well that was money well spent 🙄|this is not what I asked for
you broke the build again|do not touch this issue anymore|@octocat please have a look|:tada: :rocket:
https://media.giphy.example/thanks.gif|テスト通りました|修复得很好，谢谢|改得不错|我测试过了，没问题|확인했습니다|всё сделано отлично
ты всё исправил, здорово|я сам сделаю|ich teste das morgen selbst|das macht Sinn|je teste ça demain|je m'en occupe
lo pruebo mañana|yo lo reviso luego|vou testar amanhã|domani lo provo|ik kijk er morgen naar|jutro przetestuję
zkusím to zítra|jag testar imorgon|yarın bakarım|makes sense to me|your fix did the trick
no need to do anything else|let's merge|I can confirm the fix|I'd say we close this|should I merge this?
can I use this in production?|what do you think?|Does this handle empty carts?
the build is green, the tests are green, life is good|gg|10/10|\\o/|¯\\_(ツ)_/¯|:shipit:|w00t
tested with Node 22.11 and Safari 18.2, all good|see https://ci.example.com/runs/12|closes #12|Ur awesome
that's it for now, see you tomorrow|ignore my last comment|wrong thread, sorry|nvm figured it out
FYI we deploy on Friday|Mona will take over from here, no need for you to continue|这个先不用管了|あとは自分でやります|이제 제가 할게요
شغل ممتاز|עבודה טובה|बहुत अच्छा काम|Chapeau, das hat Hand und Fuß|Du hast die falsche Datei geändert
t'as cassé la prod|esto no es lo que pedí|это не то, что я просил|don't do this|please cancel. Sent too early.
retry with claude
So I tried it out on my machine today and everything seems to be in order, the numbers add up and the export opens in Excel without any warnings
We talked about this in the stand-up and everybody agrees that this is the way to go, so I'll leave it to Mona to press the button on Friday
Ganz ehrlich, ich hätte nicht gedacht, dass das so schnell geht, da habe ich den ganzen Nachmittag frei und kann mal wieder an die Sonne
Franchement je ne m'attendais pas à ça, le résultat est propre et lisible, on en parle demain au bureau avec les autres
La verdad no me lo esperaba, ha quedado muy limpio y fácil de leer, mañana lo comentamos en la oficina con el resto
Sinceramente não esperava isso, o código ficou limpo e fácil de ler, amanhã a gente conversa no escritório
Sinceramente non me lo aspettavo, il codice è pulito e leggibile, domani ne parliamo in ufficio con gli altri
Eerlijk gezegd had ik dit niet verwacht, de code is netjes en goed leesbaar, morgen bespreken we het op kantoor
Честно говоря, не ожидал такого, код чистый и читаемый, завтра обсудим в офисе с остальными ребятами
Szczerze mówiąc nie spodziewałem się tego, kod jest czysty i czytelny, jutro omówimy to w biurze z resztą
Açıkçası bunu beklemiyordum, kod temiz ve okunaklı, yarın ofiste diğerleriyle konuşuruz bunu
Upřímně jsem to nečekal, kód je čistý a čitelný, zítra to probereme v kanceláři s ostatními
Ärligt talat hade jag inte väntat mig detta, koden är ren och lättläst, vi pratar om det på kontoret i morgon
正直ここまでとは思っていませんでした、コードも読みやすくて綺麗ですね、明日みんなで話します|说实话没想到会这么快，代码很干净也很好读，明天到公司和大家聊聊
솔직히 이 정도일 줄은 몰랐어요, 코드가 깔끔하고 읽기 쉽네요, 내일 회사에서 다 같이 얘기해 봐요
بصراحة لم أتوقع هذا، الكود نظيف وسهل القراءة، غدا نتحدث في المكتب مع الآخرين
בכנות לא ציפיתי לזה, הקוד נקי וקריא, מחר נדבר על זה במשרד עם כולם
Sejujurnya saya tidak menyangka secepat ini, kodenya rapi dan mudah dibaca, besok kita bahas di kantor bersama yang lain
Thật lòng mình không ngờ nhanh vậy, mã rất gọn và dễ đọc, ngày mai mình nói chuyện ở công ty với mọi người
Sincer nu mă așteptam la asta, codul e curat și ușor de citit, mâine vorbim la birou cu ceilalți
Őszintén szólva nem számítottam erre, a kód tiszta és olvasható, holnap megbeszéljük az irodában a többiekkel
Ειλικρινά δεν το περίμενα, ο κώδικας είναι καθαρός και ευανάγνωστος, αύριο το συζητάμε στο γραφείο με τους άλλους
Rehellisesti en odottanut tätä, koodi on siistiä ja luettavaa, huomenna puhutaan toimistolla muiden kanssa
hmm not sure about this one|interesting approach|I like it|love the tests|any chance this lands today?
who reviews this?|on it|same|back to you Mona|we can update the docs later|will do|as you can see, the change works
you can close this|the cache should be warm by now|open question: do we want this at all?|update: works on staging
test|testing testing 1 2 3|test test|please|sure, go for it|what's next?|ok I'll bite, what is this bot|you again?
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
the parser still crashes on src/a.ts|same for parseComment|bitte auch die Doku anpassen|Kannst du das umbenennen?|ajoute un test|corrige la faute
agrega una prueba|arregla el botón|adicione um teste|corrige o erro|aggiungi un test|correggi il bug|voeg een test toe|dodaj test|popraw to|добавь тест
исправь опечатку|додай тест|test ekle|hatayı düzelt|lägg till ett test|fixa buggen|tilføj en test|legg til en test|lisää testi|přidej test|oprav to
adaugă un test|adj hozzá egy tesztet|πρόσθεσε ένα τεστ|thêm một bài kiểm tra|tambahkan tes|أضف اختبارا|הוסף בדיקה|加一个测试|テストを追加して|バグを直して|테스트 추가해줘
is it possible to add dark mode? please implement it|has to support CSV, please add that|make it so|do it
help the user find the button
fix teh typo in teh readme|Please add a CHANGELOG entry for 2.1
thanks, now please also rename \`Cart\` to \`Basket\`|great! Could you add a test for the empty cart?
LGTM, but please squash the two helpers into one
die Summe muss auf zwei Stellen gerundet werden, bitte ergänze einen Test|il manque un test, ajoute-le s'il te plaît
falta una prueba, agrégala por favor|поправь сообщение об ошибке|请修复购物车的合计|カートの合計を修正してください|장바구니 합계를 고쳐 주세요
， claude 修复登录|Please make the error message clearer|we also need to support CSV here
one thing: the total should include VAT|now do the same in the admin panel
i'd like you to move this into its own module|it would be great if you could also handle timeouts
not quite. revert the change in the header and keep the rest|thx, but pls rename the function|rebase on main please
remove the console.log|can u fix the lint errors|You should add docs for the new flag
tests fail on windows, fix that|Könntest du noch einen Test ergänzen?|Bitte benenne die Variable um
Entferne bitte das Logging|Tu peux ajouter un test ?|Corrige aussi le titre s'il te plaît
¿Podrías mover esto a otro archivo?|Cambia el color del botón a azul|Adiciona um teste para o carrinho vazio
Potresti aggiungere un test?|Voeg ook een test toe|Dodaj jeszcze test dla pustego koszyka
Исправь ещё заголовок, пожалуйста|Lägg till ett test också|Bir test daha ekle lütfen|把按钮改成蓝色|再加一个测试|请帮我检查一下空购物车的情况
テストも書いてください|ボタンを青に変えてほしいです|修正をお願いします|버튼 색상을 파란색으로 바꿔 주세요|테스트 추가 부탁드립니다|أضف اختبارا آخر من فضلك|תוסיף בבקשה עוד בדיקה
कृपया एक टेस्ट जोड़ें|Still seeing \`TypeError: x is undefined\` in cart.ts|same problem in \`Basket.tsx\`
The export ignores the selected date range when the browser is set to a timezone west of UTC. Please normalise both dates to UTC before the query and add a regression test.
Beim Speichern verschwindet der zweite Rabatt. Bitte behebe das und ergänze einen Test dafür.
Quand on applique deux coupons, le total est faux. Corrige le calcul et ajoute un test.
Cuando se aplican dos cupones el total es incorrecto. Corrige el cálculo y añade una prueba.
Quando si applicano due coupon il totale è sbagliato. Correggi il calcolo e aggiungi un test.
Quando aplico dois cupons o total fica errado. Corrija o cálculo e adicione um teste.
Bij twee kortingscodes klopt het totaal niet. Herstel de berekening en voeg een test toe.
При двух купонах сумма неверна. Исправь расчёт и добавь тест.
Przy dwóch kuponach suma jest błędna. Popraw obliczenia i dodaj test.|クーポンを2枚使うと合計が間違っています。計算を直して、テストを追加してください。
使用两张优惠券时总价不对。请修正计算并加一个测试。|쿠폰 두 장을 쓰면 합계가 틀립니다. 계산을 고치고 테스트를 추가해 주세요.
`
    .split(/[|\n]/)
    .filter((wish) => wish !== ""),
)("`@porter %s` starts after a run, and where none was", (wish) => {
  for (const last of [null, ENDED]) expect([last, after(`@porter ${wish}`, last)]).toEqual([last, "start"]);
});

it.each(["@porter", "@porter zo mooi ekipo", "@porter claude 修复", "@porter E bukur"])(
  "%j, where no run was, starts as it says",
  (text) => expect(after(text, null)).toBe("start"),
);

it.each(["kolegi", "is slow today", "broke the build", "you rock", "same here", ", thoughts?"])(
  "`@porter claude %s` starts nothing after a run",
  (words) => expect(after(`@porter claude ${words}`, ENDED)).toBe("talk"),
);

it.each([
  ["@porter", ENDED],
  ["@porter claude", ENDED],
  ["@porter --priority=high kolegi", ENDED],
  ["@porter -- kolegi", ENDED],
  ["@porter the blue ones", { failureCode: "agent_asks" }],
] satisfies [string, LastEnd][])("%j starts after %j: it is more than a reply, or an answer", (text, last) => {
  expect(after(text, last)).toBe("start");
});
