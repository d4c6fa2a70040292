/** Short everyday texts in Chinese and Japanese, which put no blanks between words; without any punctuation. */
const COURTESY =
  "请|請|麻烦|麻煩|帮我|幫我|谢谢|謝謝|感谢|一下|吧|了|呢|啊|先|现在|現在|马上|立即|立刻|这个|這個|任务|任務|运行|運行|它|すぐ|今すぐ|お願いします|おねがいします|お願い|ください|下さい|それ|これ|この|タスク|実行|を|して|してください|ありがとうございます|ありがとう|です|ね|よ|。";
const STOP =
  "停止|停下来|停下|停一停|停|取消|中止|终止|終止|別做|别做|キャンセル|ストップ|中断|止めて|とめて|やめて|止まって";
const RETRY =
  "重试|重試|再试一次|再試一次|再试试|再试|再試|重新运行|重新運行|重新执行|重新開始|重新开始|重跑|再跑一次|再来一次|再來一次|再做一次|もう一度|もう一回|再試行|再実行|やり直して|やりなおして|リトライ|試して|実行して";
const TALK =
  "谢谢|謝謝|感谢|感謝|多谢|多謝|辛苦了?|很好|非常好|太好了|太棒了|好的?|好棒|不错|不錯|没问题|沒問題|完美|干得好|做得好|做得不错|厉害|看起来不错|看起來不錯|合并了|已合并|合併了|收到|明白了?|你好|您好|你们|你|您|大家|了|啊|哦|的|很|非常|都|" +
  "ありがとうございます|ありがとうございました|ありがとう|どうも|感謝します|助かりました|助かります|素晴らしいです?|すばらしいです?|完璧です?|いいですね|良いですね|いいね|了解しました|了解です?|承知しました|お疲れ様です|お疲れ様でした|お疲れさまです|問題ありません|大丈夫です?|マージしました|マージします|こんにちは|とても|本当に|ね|よ";
const QUESTION =
  "^(?:你|您)?(?:都)?(?:改了|改变了|修改了|更改了|做了|改動了|改动了|完成了)(?:什么|什麼|哪些|哪些文件|哪些内容|吗|嗎|没有)$|^(?:你|您)做了什么(?:更改|修改)?$|^(?:现在)?(?:进度|進度|进展|狀態|状态)(?:如何|怎么样|怎麼樣)?$|^(?:完成|好|弄好|修好)了(?:吗|嗎|没有|没)$|" +
  "^何を(?:変更|修正|変え|し)(?:しましたか|ました?か|たの|たんですか|たのですか)?$|^(?:どこ|どのファイル)を(?:変更|修正|変え)(?:しましたか|ましたか|ました)?$|^(?:もう)?(?:終わりましたか|完了しましたか|できましたか)$|^(?:進捗|状況|ステータス)(?:は|はどうですか|どうですか|教えてください)?$";

const only = (core: string): RegExp => new RegExp(`^(?:${COURTESY})*(?:${core})(?:${core}|${COURTESY})*$`, "u");
const PATTERNS = [
  ["stop", only(STOP)],
  ["retry", only(RETRY)],
  ["talk", new RegExp(`^(?:${TALK})+$`, "u")],
  ["question", new RegExp(QUESTION, "u")],
] as const;

/** Texts are this short at most; a longer one is work. */
const MAX_LENGTH = 30;

/** What a text without blanks only says; null if it says anything else. */
export function spacelessGist(text: string): "stop" | "retry" | "talk" | "question" | null {
  if (
    text === "" ||
    text.length > MAX_LENGTH ||
    !/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u.test(text)
  )
    return null;
  return PATTERNS.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
