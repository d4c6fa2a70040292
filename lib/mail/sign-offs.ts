/** Devices and programs that sign mails: "Sent from my iPhone" and its kinds name one. */
const DEVICE =
  "(?:i-?phon\\w*|ios|i-?pad\\w*|ipod|mac\\w*|apple|android\\w*|galaxy|samsung\\w*|pixel|huawei|xiaomi|redmi|oneplus|nokia|blackberry|" +
  "windows|outlook|e-?mail|mail\\w*|gmail|yahoo\\w*|proton\\w*|hey|spark|thunderbird|k-?9|fairphone|airmail|superhuman|gmx|web\\.de|" +
  "mobile?\\w*|mobil\\w*|móvil|celular|phone|smartphone|telefoon|telefon\\w*|téléphone|portable|handy|tablet|device|gerät|computer|laptop|desktop|" +
  "teléfono|telemóvel|cellulare|почт\\p{L}*|телефон\\p{L}*|смартфон\\p{L}*|手机|手機|华为|華為|小米|荣耀|客户端|客戶端|邮箱|郵箱|スマートフォン|携帯|스마트폰|휴대폰)";

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
  "skicka(?:t|des) från",
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
  `^(?:(?:${OPENINGS.join("|")})[^.!?\\n]{0,60}?${DEVICE}|.{0,10}${DEVICE}.{0,14}(?:${ENDINGS.join("|")})|mobil gesendet|von unterwegs gesendet|.{0,40}(?:telefon|iphone|cihaz|tablet)[\\p{L}'’]{0,8}dan gönderildi)(?![\\w-]).{0,90}$`,
  "iu",
);

/** "Sent on the go, please excuse typos", and what other programs say of themselves. */
const EXCUSES =
  /^(?:(?:sent|typed|written|posted|tapped)\b[^.!?]{0,40}\b(?:on the go|on the run|in a hurry|mobile|thumbs?|one hand|tiny keyboard|small screen)\b|(?:please )?(?:excuse|forgive|pardon|apologies for|sorry for) (?:my |the |any |my fat )?(?:brevity|typos?|spelling|errors|fingers|terseness)).{0,80}$|^(?:yahoo mail: search, organi[sz]e, conquer|签名由 ?网易邮箱大师 ?定制|signature is customized by netease).{0,60}$/iu;

/** "Get Outlook for iOS" by language: the line advertises and says nothing else. */
const ADVERTISES =
  /^(?=.*\boutlook\b)(?=.*\b(?:ios|android|iphone|mac|windows)\b)(?=.*(?:\b(?:get|download|downloaden|holen sie|laden sie|herunterladen|télécharge[rz]|obten(?:er|ir|ha|ez)|obtén|obter|descarga(?:r|do)?|descarregar|baixar|baixe|scarica|ottieni|hämta|hent|pobierz|lataa|hanki|stáhn\p{L}+|stiahn\p{L}+|letölt\p{L}+|descărc\p{L}+|obțineți|edinin|indirin|unduh|dapatkan|tải)|скача|загруз|получи|завантаж|获取|取得|下载|下載|入手|ダウンロード|받기|다운로드)).{1,100}$/iu;

/** What a company's mail server puts below; however long it is. */
const DISCLAIMER =
  /^(?:disclaimer\b|confidentiality (?:notice|note)\b|(?:privileged|strictly) (?:and |& |\/ ?)?confidential\b|(?:the )?(?:content of )?this (?:e-?mail|message|communication)(?: message)?(?:,? \(?(?:and|including) (?:any|all|its) (?:attachments?|files)\)?[^.]{0,40})? (?:is|are|may|contains?) [^.]{0,40}(?:confidential|privileged|intended)|diese (?:e-?mail|nachricht) enthält vertrauliche|ce (?:message|courriel|mail)[^.]{0,60} confidentiel|este (?:mensaje|correo)[^.]{0,60} confidencial|esta mensagem[^.]{0,60} confidencia|aviso (?:legal|de confidencialidade?)|questo messaggio[^.]{0,60} (?:riservat|confidenzial)|dit (?:bericht|e-?mail)[^.]{0,60} vertrouwelijk)/iu;

/** What GitHub writes below its notifications. */
const NOTIFICATION = /^(?:—\s*)?(?:reply to this e-?mail directly\b|you are receiving this because\b)/i;

/** What stands in a rule of dashes, of four or more: what is below it decides what it is. */
const BETWEEN_DASHES = /^-{4,}[ \t]*([^-\s](?:.{0,150}[^-\s])?)[ \t]*-{3,}$/u;

/** A rule of dashes around words for "original" or "forwarded", in any of the languages mail programs speak. */
const ORIGINAL = new RegExp(
  `^-{2,}\\s?(?:${[
    "original (?:message|appointment)|forwarded message|(?:ur)?sprüngliche nachricht|weitergeleitete nachricht|message d['’]origine",
    "message (?:original|transféré)|mensaje (?:original|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)",
    "oorspronkelijk bericht|doorgestuurd bericht|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|orijinal (?:mesaj|ileti)|özgün ileti|iletilen mesaj|oprindelig besked|opprinnelig melding|alkuperäinen viesti",
    "wiadomość oryginalna|původní zpráva|исходное сообщение|пересланное сообщение|оригинальное сообщение|原始邮件|原始郵件|邮件原件|原邮件|转发邮件|轉寄郵件|原始信件|転送メッセージ|전달된 메시지|元のメッセージ|원본 메시지",
  ].join(
    "|",
  )})\\s?-{2,}$|^begin forwarded message:$|^anfang der weitergeleiteten nachricht:$|^début du message réexpédié\\s?:$`,
  "iu",
);

const plain = (line: string): string =>
  line
    .replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    // Without a case of its own in a pattern that ignores case.
    .replaceAll("İ", "i")
    .replace(/^[\s*_[(<]+/, "")
    .trim();

/** A line that begins what a mail program or GitHub adds below a reply. */
export const isSignOff = (line: string): boolean => {
  const text = plain(line);
  if (DISCLAIMER.test(text)) return true;
  return (
    text.length <= 200 &&
    (SENT_FROM.test(text) || EXCUSES.test(text) || ADVERTISES.test(text) || NOTIFICATION.test(text))
  );
};

/** The words of a line between dashes; null for any other line. */
export const betweenDashes = (line: string): string | null => BETWEEN_DASHES.exec(line.trim())?.[1] ?? null;

/** A line that says that the original follows: a rule of underscores as Outlook draws it, or words between dashes. */
export const announcesOriginal = (line: string): boolean => {
  const text = line.replaceAll("&nbsp;", " ").trim();
  return text.length <= 200 && (/^_{20,}$/.test(text) || ORIGINAL.test(text));
};

/** What stands above a name at the end of a letter. */
const GREETING = [
  "(?:with )?(?:best|kind|warm|kindest|many)(?: regards| wishes)?|regards|rgds|cheers|sincerely|yours(?: sincerely| truly)?|br|kr|thanks(?: in advance| again| a lot| so much)?|many thanks|thank you(?: in advance| very much)?|thx|take care",
  "(?:mit )?(?:freundlichen|besten|vielen|lieben|herzlichen|schönen)? ?gr(?:ü|u)(?:ß|ss)en?|(?:viele|beste|liebe|schöne|freundliche|herzliche) grü(?:ß|ss)e|grü(?:ß|ss)e|gruß|gruss|mfg|vg|lg|danke|vielen dank",
  "(?:bien )?cordialement|bien à (?:vous|toi)|amicalement|sincères salutations|salutations|bonne (?:journée|soirée)|merci(?: d'avance)?|à bientôt",
  "(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|un abrazo|gracias(?: de antemano)?|abraços?|att|atenciosamente|cumprimentos|obrigad[oa]|(?:cordiali |distinti |un )?salut[oi]|grazie(?: mille)?|a presto|buona giornata",
  "(?:met )?(?:vriendelijke|hartelijke)? ?groet(?:en|jes)?|gr|mvg|mvh|(?:med )?(?:vänliga?|bästa|vennlig|beste|venlig|venlige|mange)? ?(?:hälsning(?:ar)?|hilsen(?:er)?)|tack|takk|tak",
  "pozdrawiam|z poważaniem|pozdrav|s pozdravem|děkuji|terveisin|ystävällisin terveisin|kiitos|üdvözlettel|üdv|cu respect|cu stima|mulțumesc|lp|srdačan pozdrav",
  "с уважением|с наилучшими пожеланиями|всего доброго|спасибо|з повагою|saygılarımla|saygılar|iyi çalışmalar|teşekkürler|με εκτίμηση|trân trọng|salam|hormat saya",
  "此致|祝好|敬礼|谢谢|謝謝|敬具|(?:よろしく|宜しく)お願い(?:いた|致)?します。?|以上|감사합니다\\.?|בברכה|تحياتي|مع التحية",
].join("|");
const ONE_GREETING = new RegExp(`^(?:${GREETING})[,.!]?$`, "iu");
/** "Thanks and best regards". */
const AND = /\s+(?:&|\+|and|und|et|y|e|i|en|och|og)\s+/iu;
/** "LG Mona": short ones stand on the name's own line. */
const WITH_NAME =
  /^(?:LG|VG|MfG|BR|KR|Mvh|Mvg|Gr\.?|Gruß|Grüße|Groet(?:en|jes)?|Cheers|Regards|Best|Saludos|Att|Üdv|LP),? \p{Lu}[\p{L}.'’-]{0,20}(?: \p{Lu}[\p{L}.'’-]{0,20}){0,2}$/u;

/** "Best regards," and its like; a name follows. */
export const isGreeting = (line: string): boolean =>
  line.length <= 60 &&
  line
    .replaceAll("İ", "i")
    .trim()
    .split(AND)
    .every((part) => ONE_GREETING.test(part));

/** A greeting with the name on its own line. */
export const isSignedGreeting = (line: string): boolean => WITH_NAME.test(line.trim());

/** Only a name: the last line of a letter below a dash or a rule. */
export const isName = (line: string): boolean =>
  /^\p{Lu}[\p{L}.'’-]{0,20}(?: \p{Lu}[\p{L}.'’-]{0,20}){0,2}$/u.test(
    line.replace(/[*_]{1,3}|\s*\([^()]{1,20}\)\s*$/g, "").trim(),
  );
export const isDash = (line: string): boolean => /^(?:[—–]|_{2,5})$/.test(line.trim());
