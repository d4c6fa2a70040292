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
];
const HEADERS = [
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
    "@porter the date in the footer is 2026, please raise it:\n\n- footer\n- imprint",
  ])("leaves %j whole", (text) => {
    expect(replyEnd(text)).toBe(text.length);
  });

  it("keeps a reply below its original", () => {
    const mail = `${ATTRIBUTIONS[0]}\n\n> It crashes.\n> Badly.\n\n@porter claude fix it\n\n-- \nMona`;
    expect(parse(mail)).toMatchObject([{ kind: "start", agent: "claude", instructions: "fix it" }]);
  });
});
