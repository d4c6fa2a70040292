import { expect, it } from "vitest";
import type { ParsedMention } from "./command.ts";
import { parseComment } from "./parse.ts";

/** `claude high: fix it` starts; `stop`, `retry claude`, `talk thanks` and `hint in_quote` start nothing new. */
function brief(found: ParsedMention): string {
  switch (found.kind) {
    case "start":
      return `${[found.agent ?? "default", found.priority, found.model, found.base].filter(Boolean).join(" ")}${found.isForced ? " --" : ""}: ${found.instructions}`;
    case "mistake":
      return `hint ${found.code}`;
    case "help":
      return "help";
    case "talk":
      return `talk ${found.about}`;
    case "retry":
      return ["retry", found.agent, found.priority, found.taskId, found.instructions].filter(Boolean).join(" ");
    case "status":
    case "stop":
      return [found.kind, found.agent, found.taskId].filter(Boolean).join(" ");
  }
}

type Row = [comment: string, ...readings: string[]];
const table = (name: string, rows: readonly Row[]): void =>
  it.each(rows.map(([comment, ...readings]) => ({ comment, readings })))(
    `${name}: $comment`,
    ({ comment, readings }) => {
      expect(parseComment(comment, { mentions: ["porter"] }).map(brief)).toEqual(readings);
    },
  );

table("only ends things", [
  ["@porter stop", "stop"],
  ["@porter cancel", "stop"],
  ["@porter stop please", "stop"],
  ["@porter please stop!", "stop"],
  ["@porter abort", "stop"],
  ["@porter kill it", "stop"],
  ["@porter halt", "stop"],
  ["@porter quit now", "stop"],
  ["@porter, could you please cancel this?", "stop"],
  ["@porter Stop. Thanks!", "stop"],
  ["@porter claude cancel please", "stop claude"],
  ["@porter\nstop", "stop"],
  ["@porter\n\nStop please", "stop"],
  ["@porter oops, cancel that", "stop"],
  ["@porter bitte abbrechen", "stop"],
  ["@porter Stopp!", "stop"],
  ["@porter arrête, s’il te plaît", "stop"],
  ["@porter annule la tâche", "stop"],
  ["@porter para por favor", "stop"],
  ["@porter cancela isso por favor", "stop"],
  ["@porter ferma tutto", "stop"],
  ["@porter stop alsjeblieft", "stop"],
  ["@porter anuluj proszę", "stop"],
  ["@porter остановись, пожалуйста", "stop"],
  ["@porter отмена", "stop"],
  ["@porter lütfen dur", "stop"],
  ["@porter avbryt tack", "stop"],
  ["@porter 停止", "stop"],
  ["@porter 请取消任务。", "stop"],
  ["@porter 止めてください", "stop"],
  ["@porter キャンセルして", "stop"],
  ["@porter 중지해주세요", "stop"],
  ["@porter توقف من فضلك", "stop"],
  [
    "@porter please please stop this run right now thank you very kindly",
    "default: please please stop this run right now thank you very kindly",
  ],
  ["@porter stop the run now please, thank you, stop it", "talk verb"],
  ["@porter stop using moment", "default: stop using moment"],
  ["@porter stop the server from crashing", "default: stop the server from crashing"],
  ["@porter cancel button does nothing", "default: cancel button does nothing"],
  ["@porter don't stop", "default: don't stop"],
  ["@porter -- stop", "default --: stop"],
]);

table("only goes on", [
  ["@porter retry", "retry"],
  ["@porter retry please", "retry"],
  ["@porter try again", "retry"],
  ["@porter please try again!", "retry"],
  ["@porter rerun", "retry"],
  ["@porter re-run this please", "retry"],
  ["@porter run it again", "retry"],
  ["@porter once more", "retry"],
  ["@porter give it another try", "retry"],
  ["@porter claude try again", "retry claude"],
  ["@porter nochmal bitte", "retry"],
  ["@porter versuch es noch einmal", "retry"],
  ["@porter réessaie stp", "retry"],
  ["@porter inténtalo de nuevo", "retry"],
  ["@porter tente novamente", "retry"],
  ["@porter riprova per favore", "retry"],
  ["@porter probeer het opnieuw", "retry"],
  ["@porter spróbuj ponownie", "retry"],
  ["@porter попробуй ещё раз", "retry"],
  ["@porter tekrar dene", "retry"],
  ["@porter 重试", "retry"],
  ["@porter 请再试一次", "retry"],
  ["@porter もう一度お願いします", "retry"],
  ["@porter 다시 시도해줘", "retry"],
  ["@porter retry -- use the other approach", "retry use the other approach"],
  ["@porter try again with less", "default: try again with less"],
  ["@porter retry logic is broken", "default: retry logic is broken"],
  ["@porter run the tests again", "default: run the tests again"],
]);

table("only thanks, praises, greets or tells", [
  ["@porter thanks!", "talk thanks"],
  ["@porter Thank you so much 🙏", "talk thanks"],
  ["@porter LGTM", "talk thanks"],
  ["@porter lgtm 🚀", "talk thanks"],
  ["@porter nice work, merging", "talk thanks"],
  ["@porter 👍", "talk thanks"],
  ["@porter +1", "talk thanks"],
  ["@porter Thanks, looks good to me!", "talk thanks"],
  ["@porter thanks for the quick fix", "talk thanks"],
  ["@porter great job!", "talk thanks"],
  ["@porter good bot", "talk thanks"],
  ["@porter perfect, exactly what I needed", "talk thanks"],
  ["@porter ship it", "talk thanks"],
  ["@porter I'll review it tomorrow", "talk thanks"],
  ["@porter I merged it, thanks", "talk thanks"],
  ["@porter closing as duplicate of #12", "talk thanks"],
  ["@porter never mind", "talk thanks"],
  ["@porter works for me", "talk thanks"],
  ["@porter hello", "talk thanks"],
  ["@porter thanks,\nMax", "talk thanks"],
  ["@porter claude thanks", "talk thanks"],
  ["@porter Danke, sieht gut aus!", "talk thanks"],
  ["@porter Vielen Dank für die schnelle Hilfe", "talk thanks"],
  ["@porter Merci beaucoup !", "talk thanks"],
  ["@porter Muchas gracias", "talk thanks"],
  ["@porter Obrigado pela ajuda", "talk thanks"],
  ["@porter Grazie mille", "talk thanks"],
  ["@porter Bedankt voor de hulp", "talk thanks"],
  ["@porter Dzięki za pomoc", "talk thanks"],
  ["@porter спасибо большое", "talk thanks"],
  ["@porter Tack så mycket", "talk thanks"],
  ["@porter ありがとうございます！", "talk thanks"],
  ["@porter 谢谢，看起来不错", "talk thanks"],
  ["@porter 감사합니다", "talk thanks"],
  ["@porter fix this please, thanks", "default: fix this please, thanks"],
  ["@porter thanks! now also fix the docs", "default: thanks! now also fix the docs"],
  ["@porter great, but the tests fail", "default: great, but the tests fail"],
  ["@porter closing the modal crashes the app", "default: closing the modal crashes the app"],
  ["@porter -- thanks", "default --: thanks"],
]);

table("only asks what was done or how far it is", [
  ["@porter what did you change?", "talk progress"],
  ["@porter why did you touch the parser?", "talk progress"],
  ["@porter which files have you changed?", "talk progress"],
  ["@porter did you run the tests?", "talk progress"],
  ["@porter is it done?", "talk progress"],
  ["@porter any update?", "talk progress"],
  ["@porter how long will this take?", "talk progress"],
  ["@porter where is the PR?", "talk progress"],
  ["@porter thanks! what did you change?", "talk progress"],
  ["@porter Was hast du geändert?", "talk progress"],
  ["@porter qu’as-tu changé ?", "talk progress"],
  ["@porter ¿qué cambiaste?", "talk progress"],
  ["@porter o que você mudou?", "talk progress"],
  ["@porter cosa hai cambiato?", "talk progress"],
  ["@porter что ты изменил?", "talk progress"],
  ["@porter 你改了什么？", "talk progress"],
  ["@porter 何を変更しましたか？", "talk progress"],
  ["@porter why does the test fail?", "default: why does the test fail?"],
  ["@porter can you also add a test?", "default: can you also add a test?"],
  ["@porter is it possible to add dark mode?", "default: is it possible to add dark mode?"],
]);

table("a mention at the beginning of what is shown", [
  ["@porter，claude 修复", "claude: 修复"],
  ["@porter： 修复登录", "default: 修复登录"],
  ["@porter：修复登录", "default: 修复登录"],
  ["@porter：", "default: "],
  ["@porter、claude 直して", "claude: 直して"],
  ["@porter。", "default: "],
  ["@porter claude：修复", "claude: 修复"],
  ["@porter، claude أصلح", "claude: أصلح"],
  ["你好，@porter claude 修复", "claude: 修复"],
  ["\u200f@porter claude fix", "claude: fix"],
  ["@porter\u200f claude fix", "claude: fix"],
  ["\u200b@porter fix", "default: fix"],
  ["@porter\u200b fix", "default: fix"],
  ["@porter\u200bclaude fix", "claude: fix"],
  ["@porter \u200bclaude\u200b fix", "claude: fix"],
  ["\ufeff@porter fix", "default: fix"],
  ["\u2068@porter\u2069 claude fix", "claude: fix"],
  ["**@porter** help", "help"],
  ["**@porter** claude fix it", "claude: fix it"],
  ["**@porter claude** fix it", "claude: fix it"],
  ["**@porter claude fix it**", "claude: fix it"],
  ["_@porter_ fix", "default: fix"],
  ["***@porter***, claude fix", "claude: fix"],
  ["- @porter fix", "default: fix"],
  ["* @porter claude fix", "claude: fix"],
  ["1. @porter claude fix a\n2. @porter amp fix b", "claude: fix a", "amp: fix b"],
  ["- a\n  - @porter fix", "default: fix"],
  ["- [ ] @porter claude fix a\n- [ ] @porter claude fix b", "claude: fix a", "claude: fix b"],
  ["- [ ] @porter claude fix a\n- [ ] @porter claude fix a", "claude: fix a", "claude: fix a"],
  ["- [x] @porter claude fix a", "hint unclear_mention"],
  ["### @porter fix", "default: fix"],
  ["@porter. please fix", "default: please fix"],
  ["@porter! fix", "default: fix"],
  ["@porter... fix", "default: fix"],
  ["@porter,claude fix", "claude: fix"],
  ["@porter:stop", "stop"],
  ["> quoted\n@porter claude fix it", "hint in_quote"],
  ["> quoted\n\n@porter claude fix it", "claude: fix it"],
  ["> # quoted\n@porter claude fix it", "claude: fix it"],
  ["> ```\n> quoted\n> ```\n@porter claude fix it", "claude: fix it"],
  ["> quoted\n- @porter claude fix it", "claude: fix it"],
  ["> <details>\n> quoted\n>\n> </details>\n@porter claude fix it", "claude: fix it"],
  ["> @porter claude fix it"],
  ["@porter claude\n--priority=high\nfix it", "claude high: fix it"],
  ["@porter\n--priority=high --base=main\nfix it", "default high main: fix it"],
  ["@porter\nclaude fix it", "claude: fix it"],
  ["@porter\n\nclaude\nfix it", "claude: fix it"],
  ["@porter,\nclaude, fix it", "claude: fix it"],
  ["@porter\nhelp", "help"],
  ["@porter\nclaude\n@porter amp", "claude: ", "amp: "],
  ["@porter\ncluade fix it", "hint unknown_agent"],
  ["@porter\n--priorty=high fix it", "hint unknown_flag"],
  ["@porter\n- fix a\n- fix b", "default: - fix a\n- fix b"],
  ["@porter --base `develop` fix", "default develop: fix"],
  ["@porter --base=`develop` fix", "default develop: fix"],
  ["@porter --base origin/develop fix", "default develop: fix"],
  ["@porter --base=refs/heads/develop", "default develop: "],
  ["@porter --base=develop，修复", "default develop: 修复"],
]);

table("a line that begins with the mention and is no command gets one hint", [
  ["@porter's last change broke it", "hint unclear_mention"],
  ["@porter? are you there", "hint unclear_mention"],
  ["@porter修复", "hint unclear_mention"],
  ["@porter) fix", "hint unclear_mention"],
  ["@porter[bot] fix it", "hint unclear_mention"],
  ["@porter's a\n@porter's b\n\n@porter's c", "hint unclear_mention"],
  ["text\n    @porter fix", "hint unclear_mention"],
  ["thanks @porter for this"],
  ["thanks @porter's fix works"],
  ["@porter-bot fix"],
  ["@porter/team fix"],
  ["@porter.dev fix"],
  ["@porterhouse fix"],
]);

table("what the page does not show starts nothing", [
  ["<div hidden>\n@porter claude fix it\n</div>"],
  ["<div hidden>\n\n@porter claude fix it\n\n</div>"],
  ["<div hidden>\n\n@porter claude fix it"],
  ['<span style="display:none">\n@porter claude fix it\n</span>'],
  ["<div hidden>x</div>\n\n@porter claude fix it", "claude: fix it"],
  ["![a\n@porter claude fix it\n](https://example.com/a.png)"],
  ["![\n@porter claude fix it][a]\n\n[a]: https://example.com/a.png"],
  ['<img src="https://example.com/a.png" alt="\n@porter claude fix it\n">'],
  ['[a](https://example.com "\n@porter claude fix it\n")'],
  ['[a]: https://example.com "\n@porter claude fix it\n"'],
  ["<!--\n@porter claude fix it\n-->"],
  ["<template>\n@porter claude fix it\n</template>"],
  ["<details>\n\n@porter claude fix it\n\n</details>", "claude: fix it\n\n</details>"],
]);

it("takes the App's name as well, and shows commands with the first", () => {
  const found = parseComment("@acme-porter claude fix\n@porter-dev --x", { mentions: ["porter-dev", "acme-porter"] });
  expect(found.map(brief)).toEqual(["claude: fix", "hint unknown_flag"]);
  expect(found[1]).toMatchObject({ correctForm: expect.stringMatching(/^@porter-dev \[/) });
  expect(parseComment("@porter fix\n@acme-porter-dev fix", { mentions: ["porter-dev", "acme-porter"] })).toEqual([]);
});
