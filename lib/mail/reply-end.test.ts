import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseComment } from "../commands/parse.ts";
import { replyEnd } from "./reply-end.ts";

const SEED = 20261130;

const ATTRIBUTIONS = [
  "On Mon, Jan 5, 2026 at 10:12 AM octocat ***@***.***> wrote:",
  "On Mon, Jan 5, 2026 at 10:12 AM octocat <\nnotifications@github.com> wrote:",
  "On Monday, 5 January 2026 at 10:12, octocat <a@example.com> wrote:",
  "On 05.01.26 10:12, octocat wrote:",
  "octocat wrote on 05/01/2026 10:12:",
  "Am 05.01.2026 um 10:12 schrieb octocat <a@example.com>:",
  "Am Mo., 5. Jan. 2026 um 10:12 Uhr schrieb octocat ***@***.***>:",
  "octocat ***@***.***> schrieb am Mo., 5. Jan. 2026, 10:12:",
  "Am 05.01.2026 10:12 hat octocat geschrieben:",
  "Le lun. 5 janv. 2026 à 10:12, octocat ***@***.***> a écrit :",
  "Le 05/01/2026 à 10:12, octocat a écrit :",
  "El lun, 5 ene 2026 a las 10:12, octocat (***@***.***>) escribió:",
  "Em seg., 5 de jan. de 2026 às 10:12, octocat ***@***.***> escreveu:",
  "Il giorno lun 5 gen 2026 alle ore 10:12 octocat ***@***.***> ha scritto:",
  "Op ma 5 jan. 2026 om 10:12 schreef octocat ***@***.***>:",
  "pon., 5 sty 2026 o 10:12 octocat ***@***.***> napisał(a):",
  "W dniu 05.01.2026 o 10:12, octocat pisze:",
  "Den mån 5 jan. 2026 kl 10:12 skrev octocat ***@***.***>:",
  "man. 5. jan. 2026 kl. 10:12 skrev octocat ***@***.***>:",
  "ma 5. tammik. 2026 klo 10.12 octocat (***@***.***>) kirjoitti:",
  "po 5. 1. 2026 v 10:12 odesílatel octocat ***@***.***> napsal:",
  "пн, 5 янв. 2026 г. в 10:12, octocat ***@***.***>:",
  "5 января 2026 г. 10:12 пользователь octocat написал:",
  "octocat ***@***.***>, 5 Oca 2026 Pzt, 10:12 tarihinde şunu yazdı:",
  "2026年1月5日(月) 10:12 octocat ***@***.***>:",
  "octocat ***@***.***> 于2026年1月5日周一 10:12写道：",
  "在 2026年1月5日，10:12，octocat 写道：",
  "2026년 1월 5일 (월) 오전 10:12, octocat ***@***.***>님이 작성:",
  "\u202bבתאריך יום ב׳, 5 בינו׳ 2026 ב-10:12 מאת octocat \u202a***@***.***>\u202c:\u202c",
  "في الاثنين، ٥ يناير 2026 في 10:12 ص كتب octocat ***@***.***>:",
  "Vào Th 2, 5 thg 1, 2026 vào lúc 10:12 octocat ***@***.***> đã viết:",
  "El lun, 5 ene 2026 a la(s) 10:12, octocat (notifications@github.com) escribió:",
  "Il 05/01/2026 10:12, octocat ha scritto:",
  "Em 5 de jan. de 2026, à(s) 10:12, octocat <a@example.com> escreveu:",
  "2026/01/05 10:12、octocat <a@example.com>のメール:",
  'At 2026-01-05 10:12:00, "octocat" <a@example.com> wrote:',
  "5 янв. 2026 г., в 10:12, octocat <a@example.com> написал(а):",
  "Понедельник, 5 января 2026, 10:12 +03:00 от octocat <a@example.com>:",
  "pon., 5 sty 2026, 10:12 użytkownik octocat <a@example.com> napisał:",
  "Wiadomość napisana przez octocat w dniu 5 sty 2026, o godz. 10:12:",
  "Op 5 jan. 2026, om 10:12 heeft octocat <a@example.com> het volgende geschreven:",
  "5 Oca 2026 10:12 tarihinde octocat <a@example.com> yazdı:",
  "Am Montag, 5. Januar 2026, 10:12:00 MEZ hat octocat <a@example.com> Folgendes geschrieben:",
];
const HEADERS = [
  '------------------ 原始邮件 ------------------\n发件人: "octocat" <a@example.com>;\n发送时间: 2026年1月5日(星期一) 上午10:12\n收件人: "acme"<b@example.com>;\n主题: Re: Crash',
  "------------------&nbsp;原始邮件&nbsp;------------------",
  "---- On Mon, 05 Jan 2026 10:12:00 +0100 octocat <a@example.com> wrote ---",
  "---- Wiadomość oryginalna ----\nTemat: Crash",
  "-------- Originalmeddelande --------\nFrån: octocat",
  "-------- Orijinal mesaj --------\nKimden: octocat",
  "-------- Words of a language that nobody listed --------\nFrom: octocat",
  "-----邮件原件-----\n发件人: octocat",
  "-----Messaggio originale-----\nDa: octocat",
  "From: octocat <a@example.com>\nSent: Monday, January 5, 2026 10:12 AM\nTo: acme/widgets <b@example.com>\nCc: Mention <c@example.com>\nSubject: Re: [acme/widgets] Crash (Issue #7)",
  "________________________________\nFrom: octocat\nSent: Monday, January 5, 2026 10:12 AM\nTo: acme/widgets\nSubject: Re: Crash",
  "**From:** octocat\n**Sent:** Monday\n**To:** acme\n**Subject:** Re: Crash",
  "Von: octocat <a@example.com>\nGesendet: Montag, 5. Januar 2026 10:12\nAn: acme/widgets\nBetreff: Re: Crash",
  "De : octocat\nEnvoyé : lundi 5 janvier 2026 10:12\nÀ : acme/widgets\nObjet : Re: Crash",
  "De: octocat\nEnviado el: lunes, 5 de enero de 2026 10:12\nPara: acme\nAsunto: Re: Crash",
  "De: octocat\nEnviada em: segunda-feira, 5 de janeiro de 2026 10:12\nPara: acme\nAssunto: Re: Crash",
  "Da: octocat\nInviato: lunedì 5 gennaio 2026 10:12\nA: acme\nOggetto: Re: Crash",
  "Van: octocat\nVerzonden: maandag 5 januari 2026 10:12\nAan: acme\nOnderwerp: Re: Crash",
  "Från: octocat\nSkickat: den 5 januari 2026 10:12\nTill: acme\nÄmne: Re: Crash",
  "Od: octocat\nWysłano: 5 stycznia 2026 10:12\nDo: acme\nTemat: Re: Crash",
  "От: octocat\nОтправлено: 5 января 2026 г. 10:12\nКому: acme\nТема: Re: Crash",
  "差出人: octocat\n送信日時: 2026年1月5日 10:12\n宛先: acme\n件名: Re: Crash",
  "发件人: octocat\n发送时间: 2026年1月5日 10:12\n收件人: acme\n主题: Re: Crash",
  "보낸 사람: octocat\n보낸 날짜: 2026년 1월 5일\n받는 사람: acme\n제목: Re: Crash",
  "-----Original Message-----\nFrom: octocat",
  "-----Ursprüngliche Nachricht-----\nVon: octocat",
  "---------- Forwarded message ---------",
  "Begin forwarded message:",
  "________________________________",
];
const SIGN_OFFS = [
  "Кому: acme\nОт: octocat\nДата: 5 января\nТема: Crash",
  "Enviado desde Outlook para Android",
  "Obtener Outlook para iOS<https://aka.ms/o0ukef>",
  "Scarica Outlook per Android<https://aka.ms/AAb9ysg>",
  "Outlook for iOS を入手",
  "获取 Outlook for iOS",
  "Pobierz aplikację Outlook dla systemu iOS",
  "Outlook voor iOS downloaden",
  "Hämta Outlook för iOS",
  "Android için Outlook uygulamasını edinin",
  "Holen Sie sich Outlook für iOS",
  "Télécharger Outlook pour Android",
  "发自我的华为手机",
  "Xiaomiから送信",
  "Отправлено из мобильной Яндекс Почты",
  "Skickades från min Galaxy",
  "Samsung Galaxy akıllı telefonumdan gönderildi.",
  "Wysłane z mojego telefonu",
  "Inviato dal mio telefono Huawei",
  "CONFIDENTIALITY NOTICE: this message is for the named person only",
  "This email and any attachments are confidential and intended solely for the addressee.",
  "Diese E-Mail enthält vertrauliche und rechtlich geschützte Informationen.",
  "Ce message et toutes les pièces jointes sont confidentiels.",
  "Este mensaje y sus archivos adjuntos son confidenciales.",
  "-- \nMona\nAcme Inc.",
  "--\nMona",
  "Sent from my iPhone",
  "Sent from my Galaxy S24",
  "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
  "Get Outlook for Android<https://aka.ms/AAb9ysg>",
  "[Get Outlook for iOS](https://aka.ms/o0ukef)",
  "Sent via Superhuman",
  "Sent with Proton Mail secure email.",
  "Sent from Yahoo Mail on Android",
  "Sent from Mail for Windows 10",
  "Von meinem iPhone gesendet",
  "Gesendet von Mail für Windows",
  "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
  "Envoyé de mon iPhone",
  "Enviado desde mi iPhone",
  "Enviado do meu iPhone",
  "Inviato da iPhone",
  "Verstuurd vanaf mijn iPhone",
  "Skickat från min iPhone",
  "Sendt fra min iPhone",
  "Lähetetty iPhonesta",
  "Wysłane z iPhone'a",
  "Odesláno z iPhonu",
  "Отправлено с iPhone",
  "iPhoneから送信",
  "发自我的 iPhone",
  "从我的 iPhone 发送",
  "나의 iPhone에서 보냄",
  "iPhone'umdan gönderildi",
  "—\nReply to this email directly, [view it on GitHub](https://github.com/acme/widgets/issues/7), or [unsubscribe](https://github.com/notifications/unsubscribe-auth/AAA).\nYou are receiving this because you were mentioned.Message ID: ***@***.***>",
  "—\nReply to this email directly, view it on GitHub\n<https://github.com/acme/widgets/issues/7>, or unsubscribe\n<https://github.com/notifications/unsubscribe-auth/AAA>\n.",
  "You are receiving this because you authored the thread.",
];
const GREETINGS = [
  "Un cordial saludo,\n\nMona Lisa\nAcme S.A.",
  "Cordiali saluti,\nMona",
  "Abraços,\nMona",
  "Pozdrawiam,\nMona",
  "Hälsningar\nMona",
  "Saygılarımla,\nMona",
  "İyi çalışmalar,\nMona",
  "宜しくお願い致します。\n山田",
  "С наилучшими пожеланиями,\nМона",
  "KR\nMona",
  "LG Mona",
  "Gr. Mona",
  "Thx & regards,\nMona",
  "Danke und Gruß\nMona",
  "—\nMona",
  "___\nMona Lisa",
  "Best regards,\nMona",
  "Cheers\nMona Lisa",
  "Thanks,\n\nMona\nAcme Inc.\n+49 30 123456",
  "Viele Grüße\nMona",
  "Mit freundlichen Grüßen\nMona Lisa",
  "Cordialement,\nMona",
  "Saludos,\nMona",
  "Met vriendelijke groet,\nMona",
  "Mvh\nMona",
  "С уважением,\nМона",
  "よろしくお願いします。\n山田",
];
const ORIGINALS = [
  "@porter claude fix it",
  "> @porter claude fix it\n> and test it",
  "Hi,\n\n@porter claude fix it\n\n@porter",
  "> @porter claude fix this and that so that the line is broken by the mail\n@porter program\n> here",
];
const tails = [...ATTRIBUTIONS, ...HEADERS].flatMap((above) =>
  ORIGINALS.flatMap((original) => [`${above}\n${original}`, `${above}\n\n${original}`]),
);

const parse = (text: string) => parseComment(text, { mentions: ["porter"] });

describe("what mail programs add is no part of a comment", () => {
  it.each(GREETINGS)("%j above a name is cut", (tail) => {
    for (const below of ["", ...SIGN_OFFS, ...ATTRIBUTIONS.map((above) => `${above}\n> a`)])
      expect(parse(`@porter retry\n\n${tail}\n\n${below}`)).toMatchObject([{ kind: "retry", instructions: "" }]);
  });

  it.each([...ATTRIBUTIONS, ...HEADERS, ...SIGN_OFFS])("%j is cut with what is below", (tail) => {
    expect(parse(`@porter retry\n\n${tail}\n`)).toMatchObject([{ kind: "retry", instructions: "" }]);
    expect(parse(`@porter claude fix it\n\n${tail}\n\n@porter amp`)).toMatchObject([
      { kind: "start", agent: "claude", instructions: "fix it" },
    ]);
  });

  it("starts nothing by an original below a reply, quoted or not", () => {
    for (const tail of tails)
      for (const reply of ["Thanks, looks good to me!", "", "Danke!\n\nMona"])
        expect([tail, parse(`${reply}\n\n${tail}`)]).toEqual([tail, []]);
  });

  it(`reads a reply with everything below it as the reply alone (seed ${SEED})`, () => {
    const reply = fc.constantFrom(
      "@porter",
      "@porter stop",
      "@porter retry",
      "@porter claude fix\nboth of them",
      "Thanks!",
      "@porter --base=main go",
    );
    const below = fc.array(fc.constantFrom(...SIGN_OFFS), { maxLength: 2 });
    fc.assert(
      fc.property(
        reply,
        below,
        fc.constantFrom("", ...tails),
        fc.constantFrom("\n", "\r\n"),
        (text, signed, tail, lineEnd) => {
          const mail = [text, ...signed, tail].join("\n\n").replaceAll("\n", lineEnd);
          const alone = parse(text.replaceAll("\n", lineEnd));
          expect(parse(mail)).toEqual(alone);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it.each([
    "@porter claude fix this:\n\nFrom: the parser\nit crashes",
    "@porter claude\n\nOn startup the app wrote:\n\n```\nfatal\n```",
    "@porter Sent from the server is a malformed packet",
    "@porter claude fix\n\n---\n\nand more",
    "@porter claude make a table:\n\n```\nFrom: a\nSent: b\nTo: c\nSubject: d\n```",
    "@porter claude add these:\n\nthanks\n- danke\n- merci",
    "@porter fix the mail:\n\n    -- \n    a",
    "@porter claude fix\n\n—\nalso the second one",
    "@porter claude fix\n\n---- Steps ----\n\nopen it",
    "@porter Outlook on iOS shows the mail wrong",
    "@porter claude fix what this message says:\n\nthe list is empty",
    "@porter claude fix this:\n\n> 2026-01-05 10:12 it crashes\n> badly",
    "@porter the date in the footer is 2026, please raise it:\n\n- footer\n- imprint",
  ])("leaves %j whole", (text) => {
    expect(replyEnd(text)).toBe(text.length);
  });

  it.each(["@porter retry\n--\nMona", "@porter retry\n\nMona", "@porter retry\n\nMona Lisa\nAcme Inc."])(
    "takes a name alone for no instructions: %j",
    (text) => expect(parse(text)).toMatchObject([{ kind: "retry", instructions: "" }]),
  );

  it.each(["Use Postgres", "use the other approach", "Mona says that it needs a lock"])(
    "keeps %j below a retry",
    (instructions) =>
      expect(parse(`@porter retry\n\n${instructions}`)).toMatchObject([{ kind: "retry", instructions }]),
  );

  it("cuts an original that is quoted with the line above it", () => {
    for (const above of ATTRIBUTIONS) {
      const quote = `${above}\n\nIt crashes.`.replace(/^/gm, "> ");
      expect([above, parse(`@porter retry\n\n${quote}`)]).toMatchObject([above, [{ kind: "retry", instructions: "" }]]);
    }
  });

  it("keeps a reply below its original", () => {
    const mail = `${ATTRIBUTIONS[0]}\n\n> It crashes.\n> Badly.\n\n@porter claude fix it\n\n-- \nMona`;
    expect(parse(mail)).toMatchObject([{ kind: "start", agent: "claude", instructions: "fix it" }]);
  });
});
