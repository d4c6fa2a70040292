/** Japanese: verbs in the forms of a request, and their nouns alone at the end. */
const JAPANESE =
  /(?:て|で)(?:ください|下さい|くれ(?:る|ます|ません)?か?|もらえ(?:る|ます|ません)か?|いただけ(?:る|ます|ません)か?|ほしい(?:です)?|欲しい(?:です)?|おいて|みて)?[ねよ]?$|(?:お願い|おねがい)(?:します|いたします|できますか)?[ねよ]?$|(?:ように|べき(?:です)?|必要(?:です|があります)?|なさい|しろ|せよ)$|(?:修正|追加|変更|削除|実装|対応|更新|作成|置き換え|リファクタリング)$/u;
const JAPANESE_WORK =
  /直|追加|実装|変更|削除|作|書|対応|使|テスト|修正|置き換え|更新|移|変え|調べ|確認|増や|減ら|外|消|足|戻|揃え|分け|まとめ|リファクタ/u;

/** Chinese: verbs of work, asked for or at the clause's beginning, and not told as done. */
const CHINESE_WORK =
  /修|改|加|增|写|寫|实现|實現|删|刪|更新|重构|重構|优化|優化|用|换|換|做|创建|創建|移|去掉|支持|测试|測試|检查|檢查|翻译|翻譯|解决|解決|处理|處理|调整|調整|补|補/u;
const CHINESE_ASKS =
  /请|請|麻烦|麻煩|帮|幫|能不能|可不可以|能否|可以.*吗|把|再|还要|還要|需要|应该|應該|要|别|不要|最好|顺便|順便/u;
const CHINESE_TOLD = /(?:了|过|過|着|得)[\p{L}]{0,4}$|的$/u;

const KOREAN_WORK =
  /고쳐|고치|추가|삭제|제거|변경|바꿔|바꾸|수정|구현|만들|작성|업데이트|개선|리팩|테스트|확인|적용|사용|옮겨|넣어|빼|지워|써/u;
const KOREAN_ASKS =
  /(?:줘|줘요|주세요|주십시오|해|하세요|해라|줄래|줄래요|주실래요|주시겠어요|할까요?|바랍니다|부탁\p{L}*|필요\p{L}*|하자|해야 \p{L}+|수 있\p{L}+|추가|삭제|제거|변경|수정|구현|작성|업데이트|개선|적용)$/u;

const THAI = /แก้|เพิ่ม|ลบ|เขียน|สร้าง|เปลี่ยน|ปรับ/u;

/** Whether a clause asks for work in a language that puts no blanks between words, or, as Korean, few. */
export function requestsWithoutBlanks(clause: string): boolean {
  const text = clause.trim().replace(/\s+/g, " ");
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return JAPANESE_WORK.test(text) && JAPANESE.test(text);
  if (/\p{Script=Han}/u.test(text)) return asksInChinese(text);
  if (/\p{Script=Hangul}/u.test(text)) return KOREAN_WORK.test(text) && KOREAN_ASKS.test(text);
  return THAI.test(text);
}

function asksInChinese(text: string): boolean {
  const at = text.search(CHINESE_WORK);
  if (at === -1) return false;
  return CHINESE_ASKS.test(text) || (at <= 1 && !CHINESE_TOLD.test(text));
}
