/** Devices and programs that sign mails: "Sent from my iPhone" and its kinds name one. */
const DEVICE =
  "(?:i-?phon\\w*|ios|i-?pad\\w*|ipod|mac\\w*|apple|android\\w*|galaxy|samsung\\w*|pixel|huawei|xiaomi|redmi|oneplus|nokia|blackberry|" +
  "windows|outlook|e-?mail|mail\\w*|gmail|yahoo\\w*|proton\\w*|hey|spark|thunderbird|k-?9|fairphone|airmail|superhuman|gmx|web\\.de|" +
  "mobile?\\w*|mobil\\w*|móvil|celular|phone|smartphone|telefoon|telefon\\w*|téléphone|portable|handy|tablet|device|gerät|computer|laptop|desktop)";

/** `Sent from my …` by language: how such a line begins, with the device behind it, or ends, with it in front. */
const OPENINGS = [
  "sent (?:from|via|with|using|by)",
  "get outlook for",
  "gesendet (?:von|mit|aus)",
  "von (?:meinem|unterwegs)",
  "von",
  "mobil gesendet",
  "diese nachricht wurde (?:von|mit)",
  "envoyé (?:de|depuis|à partir de|avec)",
  "télécharger outlook",
  "enviado (?:desde|do|da|de|com|a partir|via)",
  "obtener outlook",
  "obter o outlook",
  "inviato (?:da|dal|con)",
  "verstuurd (?:vanaf|met)",
  "verzonden (?:vanaf|met|via)",
  "skickat från",
  "sendt fra",
  "lähetetty",
  "wysłan[eoy] z",
  "odesláno z",
  "odoslané z",
  "отправлено (?:с|из)",
  "надіслано з",
  "στάλθηκε από",
  "trimis (?:de pe|din)",
  "poslano (?:s|iz)",
  "dikirim dari",
  "được gửi từ",
  "đã gửi từ",
  "发自",
  "發自",
  "从我的",
  "從我的",
  "来自",
  "נשלח מ",
  "أُ?رسلت من",
  "تم الإرسال من",
];
const ENDINGS = ["gesendet", "から送信", "에서 보냄", "发送", "傳送", "gönderildi", "küldve"];

const SENT_FROM = new RegExp(
  `^(?:(?:${OPENINGS.join("|")})[^.!?\\n]{0,60}?${DEVICE}|.{0,10}${DEVICE}.{0,14}(?:${ENDINGS.join("|")})|mobil gesendet|von unterwegs gesendet)(?![\\w-]).{0,90}$`,
  "iu",
);

/** What GitHub writes below its notifications. */
const NOTIFICATION = /^(?:—\s*)?(?:reply to this e-?mail directly\b|you are receiving this because\b)/i;

/** A rule of dashes around words for "original" or "forwarded", in any of the languages mail programs speak. */
const ORIGINAL = new RegExp(
  `^-{2,}\\s?(?:${[
    "original (?:message|appointment)|forwarded message|(?:ur)?sprüngliche nachricht|weitergeleitete nachricht|message d['’]origine",
    "message (?:original|transféré)|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)",
    "oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|oprindelig besked|opprinnelig melding|alkuperäinen viesti",
    "wiadomość oryginalna|původní zpráva|исходное сообщение|пересланное сообщение|оригинальное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지",
  ].join(
    "|",
  )})\\s?-{2,}$|^begin forwarded message:$|^anfang der weitergeleiteten nachricht:$|^début du message réexpédié\\s?:$`,
  "iu",
);

const plain = (line: string): string =>
  line
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/^[\s*_[(<]+/, "")
    .trim();

/** A line that begins what a mail program or GitHub adds below a reply. */
export const isSignOff = (line: string): boolean => {
  const text = plain(line);
  return text.length <= 200 && (SENT_FROM.test(text) || NOTIFICATION.test(text));
};

/** A line that says that the original follows: a rule of underscores as Outlook draws it, or words between dashes. */
export const announcesOriginal = (line: string): boolean => {
  const text = line.trim();
  return text.length <= 200 && (/^_{20,}$/.test(text) || ORIGINAL.test(text));
};

/** What stands above a name at the end of a letter. */
const GREETING =
  /^(?:(?:(?:with )?(?:best|kind|warm|kindest|many)(?: regards| wishes)?|regards|cheers|sincerely|yours(?: sincerely| truly)?|br|thanks|many thanks|thank you|(?:mit )?(?:freundlichen|besten|vielen|lieben|herzlichen)? ?gr(?:ü|u)(?:ß|ss)en?|(?:viele|beste|liebe|schöne|freundliche) grü(?:ß|ss)e|gruß|mfg|vg|lg|danke|(?:bien )?cordialement|bien à vous|amicalement|bonne journée|merci|(?:un )?saludos?(?: cordiales)?|atentamente|gracias|abraços?|att|atenciosamente|cumprimentos|obrigad[oa]|(?:cordiali )?saluti|grazie|(?:met )?(?:vriendelijke )?groet(?:en)?|mvg|mvh|(?:med )?(?:vänliga?|vennlig|venlig) (?:hälsning(?:ar)?|hilsen)|hilsen|pozdrawiam|pozdrav|s pozdravem|terveisin|с уважением|saygılarımla|iyi çalışmalar)[,.!]?|此致|祝好|敬具|よろしくお願い(?:いた)?します。?|감사합니다\.?)$/iu;

/** "Best regards," and its like; a name follows. */
export const isGreeting = (line: string): boolean => line.length <= 60 && GREETING.test(line.trim());
