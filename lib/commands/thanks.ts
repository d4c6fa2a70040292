/** How words of thanks begin, in the languages people answer in. */
const THANKS =
  /(?<![\p{L}\p{M}])(?:thank|thx|tysm|cheers|kudos|dank|merci|gracias|graci[eè]|moitas grazas|obrigad|valeu|grazi|bedankt|dzięk|dziek|podziękow|спасиб|благодар|дяку|tack\b|takk\b|(?:mange |tusind )?tak\b|kiito|děkuj|díky|ďaku|hvala|mulțum|mersi|kösz|ευχαριστ|teşekkür|sağ ?ol|cảm ơn|cám ơn|terima kasih|makasih|syukran|شكر|متشکر|ممنون|مرسی|תודה|धन्यवाद|शुक्रिया|ধন্যবাদ|நன்றி|ขอบคุณ|asante|salamat|maraming salamat|eskerrik|(?:go raibh )?m[ií]le maith|go raibh|diolch|aitäh|paldies|ačiū|dėkui|þakk|faleminderit|hats off|well done|good job|great job|nice work|great work|good work)|谢|謝|感谢|感謝|多谢|辛苦|ありがと|どうも|助かり|お疲れ|감사|고마|고맙|수고/iu;

/** Words of praise, and of what works now. */
const PRAISE =
  /(?<![\p{L}\p{M}])(?:lgtm|sgtm|great|awesome|excellen|amazing|brilliant|fantast|love(?:ly)?\b|perfe[ckt]t|parfait|perfeit|perfett|wonderful|beautiful|nice\b|super\b|genial|genau|klasse|toll\b|prima\b|спасиб|отличн|супер|bravo|works?(?: now| again| for me| fine| great)\b|worked|passe[sd]|passing|green|gone|fine\b|solved|resolved|fixed|verified|confirmed|tested|reviewed|approved|merged|shipped|deployed|closed|closing|merging|funktioniert|funciona|funziona|fonctionne|работает|działa|werkt|fungerar|çalışıyor)|很好|不错|不錯|太好|太棒|厉害|完美|没问题|沒問題|素晴らし|いいですね|いい感じ|最高|완벽|좋아|좋습|훌륭/iu;

/** Whether somebody is thanked in it. */
export const isThanks = (text: string): boolean => THANKS.test(text);
/** Whether somebody is thanked or praised in it, or something told that is well. */
export const isPleased = (text: string): boolean => THANKS.test(text) || PRAISE.test(text);
