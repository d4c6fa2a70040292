/** The labels of the block that Outlook and others put above an original, by what they name. */
const LABELS: Record<"from" | "date" | "to" | "subject", string> = {
  from: "from|von|de|van|da|från|fra|lähettäjä|od|od koho|от|від|από|feladó|expeditor|kimden|gönderen|từ|dari|差出人|发件人|寄件者|寄件人|보낸 ?사람|จาก|מאת|من",
  date:
    "sent|date|gesendet|datum|envoyé|envoyée|date d['’]envoi|enviado(?: el| em| a)?|enviada em|fecha|verzonden|inviato|data|skickat|sendt|dato|" +
    "lähetetty|päivämäärä|päiväys|wysłano|wysłane|odesláno|odoslané|dátum|отправлено|дата|надіслано|στάλθηκε|ημερομηνία|elküldve|trimis|gönderildi|gönderim|tarih|" +
    "đã gửi|ngày|dikirim|tanggal|送信日時|日時|日付|发送时间|发送日期|日期|傳送時間|寄件日期|보낸 ?날짜|날짜|ส่ง|วันที่|נשלח|תאריך|تاريخ الإرسال|التاريخ",
  to: "to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|кому|προς|címzett|către|kime|alıcı|tới|đến|kepada|ke|宛先|收件人|받는 ?사람|ถึง|אל|إلى|cc|kopie|copie|copia|копия",
  subject:
    "subject|betreff|betrifft|objet|asunto|onderwerp|oggetto|assunto|ämne|emne|aihe|temat|předmět|predmet|тема|θέμα|tárgy|subiect|konu|chủ đề|" +
    "subjek|perihal|件名|主题|主旨|제목|เรื่อง|נושא|الموضوع",
};
type Kind = keyof typeof LABELS;
const KINDS = ["from", "date", "to", "subject"] as const satisfies readonly Kind[];

/** `From: …`, `**Von:** …`, `De : …`; the label stands alone before the colon. */
const PATTERNS: ReadonlyMap<Kind, RegExp> = new Map(
  KINDS.map((kind) => [
    kind,
    new RegExp(`^[\\s*_>]{0,8}(?:${LABELS[kind]})[*_]{0,3}\\s?[:：][*_]{0,3}(?:\\s|$|\\S)`, "iu"),
  ]),
);

/** Lines that a block may take, blank ones between them included. */
const MAX_LINES = 9;

/** Whether a block of a mail's headers begins at `first`: who and when or to whom, three labels that differ. */
export function beginsHeaderBlock(lines: readonly string[], first: number): boolean {
  const opening = kindsOf(lines[first] ?? "");
  if (opening.length === 0) return false;
  // Some begin with the address or the subject; then all four stand one below the other.
  if (!opening.includes("from") && !opening.includes("date")) return hasAllHeaders(lines, first);
  const seen = new Set<Kind>();
  for (const line of lines.slice(first, first + MAX_LINES)) for (const kind of kindsOf(line)) seen.add(kind);
  return seen.has("from") && seen.size >= 3;
}

/** Whether who, when, to whom and about what stand one below the other. */
export const hasAllHeaders = (lines: readonly string[], first: number): boolean =>
  KINDS.every((kind) => lines.slice(first, first + KINDS.length).some((line) => kindsOf(line)[0] === kind));

/** Whether a line alone is one of a mail's headers; where nothing else says so, it may be somebody's own words. */
export const isHeader = (line: string): boolean => kindsOf(line).length > 0;

const kindsOf = (line: string): Kind[] => KINDS.filter((kind) => PATTERNS.get(kind)?.test(line));
