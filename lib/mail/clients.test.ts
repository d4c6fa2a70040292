import { testReadings } from "../commands/reading-table.ts";

testReadings("a reply by mail", [
  [
    "Thanks @porter, works great!\n\nOn Mon, Nov 30, 2026 at 9:14 AM Mona Lisa ***@***.***> wrote:\n\n> *monalisa* left a comment (acme/shop#41)\n> <https://github.com/acme/shop/issues/41#issuecomment-1>\n>\n> Opened a pull request with the change.\n>\n> —\n> Reply to this email directly, view it on GitHub\n> <https://github.com/acme/shop/issues/41>, or unsubscribe\n> <https://github.com/notifications/unsubscribe-auth/ABC>\n> .\n> You are receiving this because you commented.Message ID:\n> ***@***.***>\n>",
  ],
  [
    "@porter great, thank you!\n\nOn Mon, Nov 30, 2026 at 9:14 AM Mona Lisa ***@***.***> wrote:\n\n> *monalisa* left a comment (acme/shop#41)\n> <https://github.com/acme/shop/issues/41#issuecomment-1>\n>\n> Opened a pull request with the change.\n>\n> —\n> Reply to this email directly, view it on GitHub\n> <https://github.com/acme/shop/issues/41>, or unsubscribe\n> <https://github.com/notifications/unsubscribe-auth/ABC>\n> .\n> You are receiving this because you commented.Message ID:\n> ***@***.***>\n>",
    "talk thanks",
  ],
  [
    "@porter claude please handle the empty cart too\n\nOn Mon, Nov 30, 2026 at 9:14 AM Mona Lisa ***@***.***> wrote:\n\n> *monalisa* left a comment (acme/shop#41)\n> <https://github.com/acme/shop/issues/41#issuecomment-1>\n>\n> Opened a pull request with the change.\n>\n> —\n> Reply to this email directly, view it on GitHub\n> <https://github.com/acme/shop/issues/41>, or unsubscribe\n> <https://github.com/notifications/unsubscribe-auth/ABC>\n> .\n> You are receiving this because you commented.Message ID:\n> ***@***.***>\n>",
    "claude: please handle the empty cart too",
  ],
  [
    "@porter stop\n\nMona\n\nOn Mon, Nov 30, 2026 at 9:14 AM Mona Lisa ***@***.***> wrote:\n\n> *monalisa* left a comment (acme/shop#41)\n> <https://github.com/acme/shop/issues/41#issuecomment-1>\n>\n> Opened a pull request with the change.\n>\n> —\n> Reply to this email directly, view it on GitHub\n> <https://github.com/acme/shop/issues/41>, or unsubscribe\n> <https://github.com/notifications/unsubscribe-auth/ABC>\n> .\n> You are receiving this because you commented.Message ID:\n> ***@***.***>\n>",
    "stop",
  ],
  [
    "@porter retry\n\n--\nMona Lisa | Staff Engineer | Acme\nmobile: +1 555 0100\n\nOn Mon, Nov 30, 2026 at 9:14 AM Mona Lisa ***@***.***> wrote:\n\n> *monalisa* left a comment (acme/shop#41)\n> <https://github.com/acme/shop/issues/41#issuecomment-1>\n>\n> Opened a pull request with the change.\n>\n> —\n> Reply to this email directly, view it on GitHub\n> <https://github.com/acme/shop/issues/41>, or unsubscribe\n> <https://github.com/notifications/unsubscribe-auth/ABC>\n> .\n> You are receiving this because you commented.Message ID:\n> ***@***.***>\n>",
    "retry",
  ],
  [
    "@porter please stop this, wrong issue\n\nEl lun, 30 nov 2026 a las 9:14, Mona Lisa (***@***.***>)\nescribió:\n\n> algo\n",
    "default: please stop this, wrong issue",
  ],
  ["@porter annule stp\n\nLe lun. 30 nov. 2026, 09:14, Mona Lisa ***@***.***> a\nécrit :\n\n> bonjour\n", "stop"],
  [
    "@porter merci, c'est parfait\n\nLe lun. 30 nov. 2026 à 09:14, Mona Lisa ***@***.***> a\nécrit :\n> bonjour\n",
    "talk thanks",
  ],
  [
    "@porter obrigada!\n\nEm seg., 30 de nov. de 2026 às 09:14, Mona Lisa ***@***.***>\nescreveu:\n\n> oi\n",
    "talk thanks",
  ],
  [
    "@porter grazie, perfetto\n\nIl lun 30 nov 2026, 09:14 Mona Lisa ***@***.***> ha scritto:\n\n> ciao\n",
    "talk thanks",
  ],
  ["@porter ありがとう！\n\n2026年11月30日(月) 9:14 Mona Lisa ***@***.***>:\n\n> テスト\n", "talk thanks"],
  ["@porter 重试\n\nMona Lisa ***@***.***> 于2026年11月30日周一 09:14写道：\n\n> 测试\n", "retry"],
  [
    "@porter 고마워요\n\n2026년 11월 30일 (월) 오전 9:14, Mona Lisa ***@***.***>님이\n작성:\n\n> 테스트\n",
    "talk thanks",
  ],
  ["@porter спасибо!\n\nпн, 30 нояб. 2026 г., 09:14 Mona Lisa ***@***.***>:\n\n> тест\n", "talk thanks"],
  [
    "@porter teşekkürler\n\nMona Lisa ***@***.***>, 30 Kas 2026 Pzt, 09:14 tarihinde\nşunu yazdı:\n\n> test\n",
    "talk thanks",
  ],
  ["@porter спасибо\n\nпонедельник, 30 ноября 2026 г. в 09:14:22 UTC+3, Mona Lisa: \n\n> Готово\n", "talk thanks"],
  ["@porter stop\n\nOn Monday, November 30, 2026 at 9:14:22 AM UTC+1 Mona Lisa wrote:\n\n> text", "stop"],
  ["@porter danke\n\nMona Lisa schrieb am Montag, 30. November 2026 um 09:14:22 UTC+1:\n\n> Fertig\n", "talk thanks"],
  [
    "@porter dziękuję\n\nponiedziałek, 30 listopada 2026 o 09:14:22 UTC+1 Mona Lisa napisał(a):\n\n> gotowe\n",
    "talk thanks",
  ],
  [
    "@porter děkuji\n\nDne pondělí 30. listopadu 2026 v 9:14:22 UTC+1 uživatel Mona Lisa napsal:\n\n> hotovo\n",
    "talk thanks",
  ],
  [
    "@porter claude füge bitte Tests hinzu\n\nAm 30.11.26 um 09:14 schrieb Mona Lisa:\n> Fertig.\n",
    "claude: füge bitte Tests hinzu",
  ],
  ["@porter abbrechen\n\nMona Lisa schrieb am 30.11.2026 um 09:14:\n> Läuft.\n", "stop"],
  ["@porter merci\n\nLe 30/11/2026 à 09:14, Mona Lisa a écrit :\n> Fini\n", "talk thanks"],
  ["@porter bedankt\n\nOp 30-11-2026 om 09:14 schreef Mona Lisa:\n> Klaar\n", "talk thanks"],
  ["@porter спасибо\n\n30.11.2026 09:14, Mona Lisa пишет:\n> Готово\n", "talk thanks"],
  ["@porter díky\n\nDne 30. 11. 26 v 9:14 Mona Lisa napsal(a):\n> Hotovo\n", "talk thanks"],
  ["@porter köszönöm\n\n2026. 11. 30. 9:14 keltezéssel, Mona Lisa írta:\n> Kész\n", "talk thanks"],
  ["@porter 謝謝\n\nMona Lisa 於 2026/11/30 上午 09:14 寫道:\n> 完成\n", "talk thanks"],
  ["@porter ευχαριστώ\n\nΣτις 30/11/26 09:14, ο/η Mona Lisa έγραψε:\n> Τέλος\n", "talk thanks"],
  ["@porter tak\n\nDen 30-11-2026 kl. 09:14 skrev Mona Lisa:\n> Færdig\n", "talk thanks"],
  [
    "On 30/11/2026 09:14, Mona Lisa wrote:\n> Which date format do you want?\n\n@porter claude use ISO dates\n",
    "claude: use ISO dates",
  ],
  ["On 30/11/2026 09:14, Mona Lisa wrote:\n> @porter claude fix it\n> and test\n\nAgreed!\n"],
  ["@porter thanks!\n\nMona Lisa ***@***.***> writes:\n\n> Done.\n", "talk thanks"],
  ["@porter retry\n\nMona Lisa <notifications@github.com> writes:\n\n> It failed.\n", "retry"],
  [
    "@porter stop please\n\nFrom: Mona Lisa ***@***.***>\nSent: Monday, November 30, 2026 9:14 AM\nTo: acme/shop ***@***.***>\nCc: Jane Doe ***@***.***>; Mention ***@***.***>\nSubject: Re: [acme/shop] Cart total is wrong (Issue #41)\n\n\nmonalisa left a comment (acme/shop#41)\n@porter claude fix it\n",
    "stop",
  ],
  [
    "@porter thank you so much\n\nGet Outlook for Mac <https://aka.ms/GetOutlookForMac>\n\nFrom: Mona Lisa ***@***.***>\nDate: Monday, 30 November 2026 at 09:14\nTo: acme/shop ***@***.***>\nSubject: Re: [acme/shop] Cart total is wrong (Issue #41)\n@porter claude fix it\n",
    "talk thanks",
  ],
  [
    "@porter claude also round the tax\n\n\tFrom:\tMona Lisa\n\tSent:\tMonday, November 30, 2026 9:14 AM\n\tTo:\tacme/shop\n\tSubject:\tRe: [acme/shop] Cart\n\n\tOpened a pull request.\n",
    "claude: also round the tax",
  ],
  [
    "@porter danke\n\n\tVon:\tMona Lisa <notifications@github.com>\n\tGesendet:\tMontag, 30. November 2026 09:14\n\tAn:\tacme/shop\n\tBetreff:\tRe: [acme/shop] Warenkorb\n",
    "talk thanks",
  ],
  [
    "@porter try again please\n\nKind Regards,\nMona Lisa\nSenior Developer\nACME Corp\nT: +44 20 7946 0100\nThis message (including any attachments) contains confidential information intended for a specific individual.\n",
    "retry",
  ],
  [
    "@porter riprova\n\nDa: Mona Lisa <notifications@github.com>\nData: lunedì, 30 novembre 2026 alle ore 09:14\nA: acme/shop\nOggetto: Re: [acme/shop] Carrello\nTesto\n",
    "retry",
  ],
  [
    "@porter para\n\nDe: Mona Lisa <notifications@github.com>\nFecha: lunes, 30 de noviembre de 2026, 9:14\nPara: acme/shop\nAsunto: Re: [acme/shop] Carrito\ntexto\n",
    "stop",
  ],
  [
    "@porter 谢谢\n\n________________________________\n发件人: Mona Lisa <notifications@github.com>\n发送时间: 2026年11月30日 9:14\n收件人: acme/shop\n主题: Re: [acme/shop] 购物车\n\n完成",
    "talk thanks",
  ],
  [
    "@porter please also update the README\n\nEXTERNAL EMAIL: Do not click links unless you know the sender.\n\nFrom: Mona <a@b.example>\nSent: Monday\nTo: x\nSubject: y\n",
    "default: please also update the README\n\nEXTERNAL EMAIL: Do not click links unless you know the sender.",
  ],
  [
    "@porter retry\n\nSent from my iPhone\n\n> On Nov 30, 2026, at 9:14 AM, Mona Lisa ***@***.***> wrote:\n> \n> ﻿\n> monalisa left a comment\n",
    "retry",
  ],
  [
    "@porter thanks!\n\n> On 30. Nov 2026, at 09:14, Mona Lisa ***@***.***> wrote:\n> \n> Opened a pull request.\n",
    "talk thanks",
  ],
  [
    "@porter danke dir\n\nVon meinem iPhone gesendet\n\n> Am 30.11.2026 um 09:14 schrieb Mona Lisa ***@***.***>:\n> \n> ﻿\n> Fertig\n",
    "talk thanks",
  ],
  [
    "@porter arrête\n\nEnvoyé de mon iPad\n\n> Le 30 nov. 2026 à 09:14, Mona Lisa ***@***.***> a écrit :\n> \n> Fini\n",
    "stop",
  ],
  ["@porter 停止\n\n发自我的iPhone\n\n> 在 2026年11月30日，09:14，Mona Lisa ***@***.***> 写道：\n> \n> 完成\n", "stop"],
  [
    "@porter 취소\n\n나의 iPhone에서 보냄\n\n> 2026. 11. 30. 오전 9:14, Mona Lisa ***@***.***> 작성:\n> \n> 완료\n",
    "stop",
  ],
  ["@porter もう一度\n\niPhoneから送信\n\n> 2026/11/30 9:14、Mona Lisa ***@***.***>のメール:\n> \n> 失敗\n", "retry"],
  [
    "@porter thank you\n\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\nOn Monday, November 30th, 2026 at 9:14 AM, Mona Lisa <notifications@github.com> wrote:\n\n> Done\n",
    "talk thanks",
  ],
  [
    "@porter danke\n\nGesendet mit Proton Mail sicherer E-Mail.\n\nMona Lisa <notifications@github.com> schrieb am Montag, 30. November 2026 um 09:14:\n\n> Fertig\n",
    "talk thanks",
  ],
  [
    "@porter merci !\n\nEnvoyé avec la messagerie sécurisée Proton Mail.\n\n-------- Message d'origine --------\nLe 30/11/2026 09:14, Mona Lisa a écrit :\n\n> Fini\n",
    "talk thanks",
  ],
  [
    "@porter cancel\n\nSent from Proton Mail Android\n\n-------- Original Message --------\nOn 30/11/2026 09:14, Mona Lisa wrote:\n\n> Running\n",
    "stop",
  ],
  [
    "@porter thanks\n\nYahoo Mail: Search, Organize, Conquer\n\n  On Mon, Nov 30, 2026 at 9:14 AM, Mona ***@***.***> wrote:\nDone",
    "talk thanks",
  ],
  ["@porter retry\n\nSent from the all new AOL app for iOS\n", "retry"],
  ["@porter stop\n\nSent from my Verizon, Samsung Galaxy smartphone\n", "stop"],
  ["@porter stop\n\nSent from my T-Mobile 5G Device\n", "stop"],
  ["@porter stop\n\nSent from Workspace ONE Boxer\n", "stop"],
  ["@porter stop\n\nSent from Canary (https://canarymail.io)\n", "stop"],
  ["@porter stop\n\nGet BlueMail for Android\n", "stop"],
  ["@porter retry\n\nSent on the go, please excuse typos.\n", "retry"],
  ["@porter retry\n\nSent from my phone. Please excuse my brevity.\n", "retry"],
  [
    "@porter thanks\n\nSent from Mailspring (https://getmailspring.com/), the best free email app for work\nOn Nov 30 2026, at 9:14 am, Mona Lisa <notifications@github.com> wrote:\n> Done\n",
    "talk thanks",
  ],
  [
    "@porter 谢谢\n\n\n| |\nmona\n|\n|\n邮箱：mona@163.example\n|\n\n签名由 网易邮箱大师 定制\n\n在2026年11月30日 09:14，Mona Lisa<notifications@github.com> 写道：\n完成了\n",
    "talk thanks",
  ],
  [
    '@porter 取消\n\n------------------&nbsp;Original&nbsp;------------------\nFrom: &nbsp;"Mona"<notifications@github.com&gt;;\nDate: &nbsp;Mon, Nov 30, 2026 09:14 AM\nTo: &nbsp;"acme/shop"<shop@noreply.github.com&gt;; \n\nSubject: &nbsp;Re: [acme/shop] Cart\n',
    "stop",
  ],
  [
    "@porter спасибо, всё супер\n\n--\nОтправлено из Mail для Android\n\nпонедельник, 30 ноября 2026, 09:14 +0300 от Mona Lisa <notifications@github.com>:\n>Готово\n",
    "talk thanks",
  ],
  ['@porter стоп\n\n30.11.2026, 09:14, "Mona Lisa" <notifications@github.com>:\n> Работаю\n', "stop"],
  [
    "@porter dank je\n\nVerstuurd vanaf Outlook voor iOS<https://aka.ms/o0ukef>\n________________________________\nVan: Mona\nVerzonden: maandag 30 november 2026 09:14\nAan: acme\nOnderwerp: Re\n",
    "talk thanks",
  ],
  [
    "@porter grazie\n\nInviato da Libero Mail per Android\nil 30 novembre 2026, 09:14, Mona ***@***.***> ha scritto:\nFatto\n",
    "talk thanks",
  ],
  [
    "@porter gracias\n\nEnviado desde mi Redmi Note\n\n---- Activado lun, 30 nov 2026 09:14:22 +0100 Mona <notifications@github.com> escribió ----\n\nHecho\n",
    "talk thanks",
  ],
  [
    "@porter stop\n—\nReply to this email directly, view it on GitHub, or unsubscribe.\nYou are receiving this because you are subscribed to this thread.Message ID: ***@***.***>",
    "stop",
  ],
  ["@porter stopp\n\nMvh\nMona Lisa\n\nSkickat från Outlook för iOS<https://aka.ms/o0ukef>\n", "stop"],
  [
    "@porter claude add a dark theme\n\nCheers,\nMona\n\nP.S. no rush\n",
    "claude: add a dark theme\n\nCheers,\nMona\n\nP.S. no rush",
  ],
  ["> can you fix this?\n\n@porter claude fix it as described above", "claude: fix it as described above"],
  ["@porter Thanks!\n\n- Mona", "talk thanks"],
  [
    "Sounds good @porter, thanks for the help!\n\nOn Mon, 30 Nov 2026, 09:14 porter[bot], ***@***.***> wrote:\n\n> *porter[bot]* left a comment\n> Comment `@porter claude` to start\n",
  ],
  [
    "@porter cancel this please\nMona\n\nOn Mon, 30 Nov 2026 at 09:14, porter[bot] <notifications@github.com>\nwrote:\n\n> x\n",
    "stop",
  ],
  [
    "@porter retry\r\n\r\nFrom: porter[bot] <notifications@github.com>\r\nSent: Monday, November 30, 2026 9:14 AM\r\nTo: acme/shop <shop@noreply.github.com>\r\nCc: Mona <mona@example.com>; Author <author@noreply.github.com>\r\nSubject: Re: [acme/shop] Cart (Issue #41)\r\n\r\n@porter claude fix it\r\n",
    "retry",
  ],
  ["@porter stop\n\nBest,\nMona\n\nMona Lisa\nEngineering Manager, Acme GmbH\nHRB 12345 Berlin", "stop"],
  [
    "@porter thanks, all good now\n\n\nMit freundlichen Grüßen / Kind regards\n\ni.A. Mona Lisa\nSoftwareentwicklung\n",
    "talk thanks",
  ],
  [
    "@porter retry\n\nViele Grüße,\nMona\n\n\n> Am 30.11.2026 um 09:14 schrieb porter[bot] <notifications@github.com>:\n>\n> x",
    "retry",
  ],
  ["@porter claude add a CSV export\n\nThanks,\nMona\n\nSent from Gmail Mobile\n", "claude: add a CSV export"],
  [
    "@porter stop\n\nEnviado desde mi iPhone\n\n> El 30 nov 2026, a las 9:14, porter[bot] ***@***.***> escribió:\n> \n> x",
    "stop",
  ],
  ["@porter stop\n\nIl giorno 30 nov 2026, alle ore 09:14, porter[bot] ***@***.***> ha scritto:\n\nx", "stop"],
  ["@porter stop\n\n> Em 30 de nov. de 2026, à(s) 09:14, porter[bot] ***@***.***> escreveu:\n> \n> x", "stop"],
  ["@porter stop\n\n> 30 нояб. 2026 г., в 9:14, porter[bot] ***@***.***> написал(а):\n> \n> x", "stop"],
  [
    "@porter stop\n\n> Op 30 nov. 2026 om 09:14 heeft porter[bot] ***@***.***> het volgende geschreven:\n> \n> x",
    "stop",
  ],
  ["@porter stop\n\n> 30 nov. 2026 kl. 09:14 skrev porter[bot] ***@***.***>:\n> \n> x", "stop"],
  ["@porter stop\n\n> W dniu 30 lis 2026, o godz. 09:14, porter[bot] ***@***.***> napisał(a):\n> \n> x", "stop"],
  [
    '@porter stop\n\n<div class="gmail_quote">On Mon, Nov 30, 2026 porter wrote:<br><blockquote>@porter claude fix</blockquote></div>',
    "stop",
  ],
  ["@porter retry\n\n*Mona Lisa*\n*Acme Inc.*", "retry"],
  ["@porter retry\n\nRegards\n\nMona", "retry"],
  ["@porter stop\n\n(Sent from my mobile device)", "stop"],
  [
    "@porter stop\n\nSent from Yahoo Mail for iPhone\n\nOn Monday, November 30, 2026, 9:14 AM, porter[bot] <notifications@github.com> wrote:\n\nx",
    "stop",
  ],
  [
    '@porter stop\n\nEnvoyé depuis l\'application Mail Orange\n\n----------------\n\nle 30/11/26 à 09:14, de "porter" <notifications@github.com>\nx',
    "stop",
  ],
  [
    "@porter stop\n\nGesendet mit der WEB.DE Mail App\n\nAm 30.11.26, 09:14 schrieb porter <notifications@github.com>:\n> x",
    "stop",
  ],
  [
    "@porter danke\n\nVon meinem/meiner Galaxy gesendet\n\n-------- Ursprüngliche Nachricht --------\nVon: porter <notifications@github.com>\nDatum: 30.11.26 09:14 (GMT+01:00)\nAn: acme/shop\nBetreff: Re",
    "talk thanks",
  ],
  [
    "@porter 感谢\n\n---- 回复的原邮件 ----\n| 发件人 | porter<notifications@github.com> |\n| 日期 | 2026年11月30日 09:14 |\n| 收件人 | acme/shop |\n| 主题 | Re: Cart |\n完成",
    "talk thanks",
  ],
  [
    "On Mon, Nov 30, 2026 at 9:14 AM porter wrote:\n> Which branch?\n\n@porter claude --base=develop go on\n\n> And which file?\n\nsrc/cart.ts",
    "claude develop: go on\n\n> And which file?\n\nsrc/cart.ts",
  ],
]);
