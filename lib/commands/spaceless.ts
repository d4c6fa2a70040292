/** Short everyday texts in Chinese and Japanese, which put no blanks between words; without any punctuation. */
const COURTESY =
  "请|請|麻烦|麻煩|帮我|幫我|谢谢|謝謝|感谢|一下|吧|了|呢|啊|先|现在|現在|马上|立即|立刻|这个|這個|任务|任務|运行|運行|它|すぐ|今すぐ|もう|ちょっと|一旦|とりあえず|お願いします|おねがいします|お願い|ください|下さい|それ|これ|この|タスク|実行|を|して|してください|ありがとうございます|ありがとう|です|ね|よ|。";
const STOP =
  "停止|停下来|停下|停一停|停|取消|中止|终止|終止|別做|别做|キャンセル|ストップ|中断|止めて|とめて|やめて|止まって|止まれ|中止|ストップして|もういい、?やめて|不要做了?|别弄了|停掉|打住|算了";
const RETRY =
  "重试|重試|再试一次|再試一次|再试试|再试|再試|重新运行|重新運行|重新执行|重新開始|重新开始|重跑|再跑一次|再来一次|再來一次|再做一次|もう一度|もう一回|再試行|再実行|やり直して|やりなおして|リトライ|試して|実行して|再跑一遍|重来|重來|重做|再执行一次|再執行一次|再来一遍|再來一遍|再做一遍|もう一度やって|もう一回やって|やって";
const TALK =
  "谢谢|謝謝|感谢|感謝|多谢|多謝|辛苦了?|很好|非常好|太好了|太棒了|好的?|好棒|不错|不錯|没问题|沒問題|很棒|漂亮|干得漂亮|赞|讚|牛|真棒|完美|干得好|做得好|做得不错|厉害|看起来不错|看起來不錯|合并了|已合并|合併了|收到|明白了?|你好|您好|你们|你|您|大家|了|啊|哦|的|很|非常|都|" +
  "ありがとうございます|ありがとうございました|ありがとう|どうも|感謝します|助かりました|助かります|素晴らしいです?|素晴らしい|最高です?|最高|いい感じです?|いい感じ|さすがです?|完璧|すばらしいです?|完璧です?|いいですね|良いですね|いいね|了解しました|了解です?|承知しました|お疲れ様です|お疲れ様でした|お疲れさまです|問題ありません|大丈夫です?|マージしました|マージします|こんにちは|とても|本当に|ね|よ";
const QUESTION =
  "^(?:你|您)?(?:都)?(?:改了|改变了|修改了|更改了|做了|改動了|改动了|完成了)(?:什么|什麼|哪些|哪些文件|哪些内容|吗|嗎|没有)$|^(?:你|您)做了什么(?:更改|修改)?$|^(?:现在)?(?:进度|進度|进展|狀態|状态)(?:如何|怎么样|怎麼樣)?$|^(?:完成|好|弄好|修好)了(?:吗|嗎|没有|没)$|^(?:还要|還要|还需|需要)多久$|^(?:怎么样|怎麼樣)了?$|" +
  "^何を(?:変更|修正|変え|し)(?:しましたか|ました?か|たの|たんですか|たのですか)?$|^(?:どこ|どのファイル)を(?:変更|修正|変え)(?:しましたか|ましたか|ました)?$|^(?:もう)?(?:終わりましたか|完了しましたか|できましたか)$|^(?:まだですか|まだ|どうなりましたか|どうなっていますか|どうですか|いつ終わりますか)$|^(?:進捗|状況|ステータス)(?:は|はどうですか|どうですか|教えてください)?$";

const only = (core: string): RegExp => new RegExp(`^(?:${COURTESY})*(?:${core})(?:${core}|${COURTESY})*$`, "u");
/** Thanks once more, or one more time and thanks: the doubt starts nothing. */
const THANKS_AGAIN =
  "^(?:もう一度|もう一回|再度|重ねて)+(?:本当に)?(?:ありがとう(?:ございます|ございました)?|感謝します)(?:ね|よ)*$";
const PATTERNS = [
  ["stop", only(STOP)],
  ["talk", new RegExp(THANKS_AGAIN, "u")],
  ["retry", only(RETRY)],
  ["talk", new RegExp(`^(?:${TALK})+$`, "u")],
  ["question", new RegExp(QUESTION, "u")],
] as const;

/** Texts are this short at most; a longer one is work. */
const MAX_LENGTH = 30;

/** What a text without blanks only says; null if it says anything else. */
export function spacelessMeaning(text: string): "stop" | "retry" | "talk" | "question" | null {
  if (
    text === "" ||
    text.length > MAX_LENGTH ||
    !/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u.test(text)
  )
    return null;
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

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
