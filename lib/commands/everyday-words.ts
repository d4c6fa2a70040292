import { AGENT_IDS } from "../agents.ts";

/**
 * The words of short everyday texts, in the languages people answer in. A text is only sorted by them when it has no
 * other word; whatever is not listed makes it work, which is asked back or read as instructions.
 */
const words = (...lists: readonly string[]): ReadonlySet<string> => new Set(lists.flatMap((list) => list.split(" ")));

/** Words that end what runs. */
export const STOP_WORDS = words(
  "stop stopp stopping cancel canceled cancelled abort kill halt quit terminate cease",
  "stoppe stoppen abbrechen abbruch brich anhalten beenden beende aufhören hör",
  "arrête arrêter arrêtez stoppez annule annuler annulez",
  "detente detener detén detenlo para parar páralo cancela cancelar cancélalo aborta abortar basta",
  "pare cancele interrompa ferma fermati fermare fermalo annulla annullare interrompi smetti",
  "stoppa avbryt avbryte stands afbryd annuleer annuleren afbreken zatrzymaj stój anuluj przerwij",
  "стоп остановись останови остановить остановите отмена отмени отменить отмените прекрати прекратить зупини зупинись скасуй",
  "dur durdur iptal lopeta keskeytä peruuta zastav zastavit zruš zrušit oprește anulează állj leállítás mégse σταμάτα ακύρωση",
  "dừng hủy huỷ berhenti hentikan batalkan henti توقف أوقف ألغ إلغاء עצור תפסיק בטל रुको रोको توقّف بس لغو متوقف หยุด ยกเลิก",
  "alto déjalo dejalo detenlo suspende smettila smettere fermarti хватит отбой стопэ отменяй przestań skończ rezygnuję stoj breek ophouden hou",
  "sluta slutar upphör stopp stop! kes vazgeç kesin vazgeçtim lass laisse tomber laissez abandonne abandonner",
  "zaustavi prekini stani otkaži ustavi prekliči спри откажи прекъсни спыні peata katkesta apturi atcelt sustabdyk atšauk",
  "stöðva hætta stopio atura cancel·la gelditu utzi ndalo ndal anulo xəta dayan dayandır тоқта simama acha itigil tigil",
  "შეჩერდი გააუქმე կանգնիր չեղարկել থামো বন্ধ நிறுத்து ఆపు arrêtes arretez annulez stopp stoppi hold-up",
  "תעצור תעצרי עצרי הפסק ألغِ أوقفي وقف رکیں रुकें बंद refrain desist",
  "그만해 그만해줘 중지 중지해 중지해줘 중지해주세요 중단 중단해 중단해줘 중단해주세요 멈춰 멈춰줘 멈춰주세요 취소 취소해 취소해줘 취소해주세요 그만",
);

/** Words that begin again what has ended. */
export const RETRY_WORDS = words(
  "retry rerun re-run re-try redo restart again another once more",
  "refais recommences essai reprends reprise retente retenter relancez повторно перезапусти перезапустите nanovo ismét újból",
  "nochmal nochmals erneut neustart neustarten wiederhole wiederholen einmal",
  "réessaie réessayer réessayez recommence recommencer relance relancer encore nouveau",
  "reintenta reintentar nuevo otra nuevamente reinténtalo novamente novo repita riprova riprovare riprovaci nuovo ancora",
  "opnieuw nogmaals ponów ponownie jeszcze снова заново повтори повторить повторите ещё еще раз ще",
  "outra vez keer nog noch daha repite repetir repítelo vuelve ripeti ripetere ponawiaj ponów próbę nogmaals nieuw opnieuw herhaal upprepa gång till kör-om bir-daha",
  "tekrar yeniden igen igjen uudelleen uudestaan znovu znova újra din nou ξανά lại lagi مجددا שוב फिर",
  "다시 재시도 재시도해줘 재실행 재시작",
);

/** Words that only ask for help: with nothing but courtesy beside them they are the verb. */
export const HELP_WORDS = words(
  "help hilfe helfen aide aider ayuda ayúdame ajuda aiuto hulp hjälp hjælp hjelp apua pomoc pomóż помощь помоги помогите допоможи",
  "yardım βοήθεια ajutor segítség bantuan tolong 도움 도와줘 도와주세요 帮助 幫助 ヘルプ 助けて usage commands",
);

/** What people say beside either of the two, and never alone. */
export const COURTESY_WORDS = words(
  "please pls plz thanks thank you thx ty ok okay now just it this that the a an run task tasks job agent bot process work",
  "everything all them porter hey hi hello sorry immediately right away asap can could would will u for me us here at yes no",
  "wait oh oops whoa ah then there i want my do on and current running working doing kindly",
  "be so kind to mission whole entire could you may might want let's lets just simply",
  "kannst könntest können könnten du ihr sie bitte würdest peux pourrais pouvez pourriez tu vous veux puedes podrías puede podría tú quieres",
  "podes você poderia puoi potresti può kun kunt zou jij u możesz mógłbyś możecie proszę můžeš mohl mohla prosím bys kan kunne du vil ville",
  "можешь можете могли бы ты вы мог пожалуйста misin musun mısınız misiniz edebilir voitko voisitko tudnál tudsz kérlek poți puteți",
  "المهمة التشغيل يمكنك هل זה המשימה אפשר תוכל את משימה काम कृपया यह इसे 좀 해 주세요 줘 줄래 작업 작업을 이 이거",
  "noch maar ermee een af ben il lavoro subito così ya pode può możesz zadanie tę graag eens det körningen körning jobbet şunu bunu es sein",
  "bitte danke mal jetzt sofort das den die der lauf es doch alles auf ab noch",
  "s'il te vous plaît plait svp stp merci maintenant tout ça cela la le les tâche une fois de à",
  "por favor gracias ahora esto eso todo tarea ejecución obrigado obrigada agora isso isto tarefa execução um uma vez",
  "per favore grazie ora adesso tutto volta di un het dit de alsjeblieft alstublieft dank je nu proszę teraz to dziękuję",
  "пожалуйста спасибо сейчас это всё все задачу задание будь ласка зараз",
  "lütfen şimdi et teşekkürler snälla tack nu tak vær så snill kiitos nyt prosím teď vă rog kérlek most παρακαλώ τώρα",
  "làm ơn tolong sekarang من فضلك الآن שכרा בבקשה עכשיו कृपया अभी 제발 지금 좀 주세요 해줘",
);

/** With `again` and its like these are a retry: "try again", "run it again", "give it another shot". */
export const RETRY_HELPERS = words(
  "try run start go give shot attempt time more one let's lets have",
  "versuch versuche versuchs starte start probier essaie essaye essayez lance intenta inténtalo prueba vuelve intentar",
  "tente tenta prova probeer proberen spróbuj raz попробуй попробуйте запусти спробуй dene dener yritä försök prøv",
  "versuch's versuchen mach probier's tenta outra mais uma vez tente una volta di raz ещё давай próbę uruchom zrób nog eens keer proberen",
  "en gång till kör igen deneyin dener misin daha bir intentarlo intentar a",
  "zkus zkusit încearcă próbáld meg δοκίμασε thử coba حاول נסה 해봐 시도해줘 시도해주세요 실행해줘 해주세요",
);

/** Words of thanks, praise, assent, greeting and of what people do themselves now. */
export const TALK_WORDS = words(
  "thanks thank thankyou thx ty tysm cheers kudos bravo congrats congratulations lgtm sgtm wfm nice great good awesome excellent",
  "perfect cool amazing fantastic brilliant wonderful beautiful lovely super neat sweet impressive appreciated appreciate love",
  "wow haha lol yay hooray bye hello hi hey ping greetings morning ok okay okey k yes yep yeah yup no nope sure fine right correct agreed",
  "exactly indeed ack noted understood gotcha approved approve approving merged merge merging closing closed close",
  "shipped ship shipping deployed deploying released done fixed works worked resolved solved duplicate wontfix obsolete",
  "nevermind nvm never forget mind sorry oops wait hold pause interesting hmm better welcome enough reviewed reviewing tested",
  "danke dankeschön vielen super toll klasse prima perfekt gut sehr genial hallo ja nein passt schön erledigt gemerged spitze",
  "merci parfait génial bien super excellent bonjour salut oui non bravo nickel impeccable chouette",
  "gracias perfecto genial excelente bueno buen bien hola sí vale listo fenomenal estupendo",
  "obrigado obrigada valeu perfeito ótimo excelente legal olá sim não beleza show",
  "grazie perfetto ottimo bravo eccellente ciao sì bene fantastico bello",
  "bedankt dank dankjewel perfect mooi goed prima top hoi dzięki dziękuję super świetnie świetna dobrze dobra cześć idealnie",
  "спасибо отлично супер хорошо класс круто привет да нет прекрасно молодец дякую чудово добре",
  "tack bra toppen tak godt takk bra kiitos hienoa hyvä mahtavaa děkuji díky skvělé super dobře mulțumesc köszönöm köszi ευχαριστώ",
  "teşekkürler teşekkür sağol harika mükemmel güzel cảm ơn tốt terima kasih bagus mantap شكرا ممتاز رائع תודה מעולה יופי धन्यवाद शुक्रिया बढ़िया",
  "감사합니다 고마워요 고마워 고맙습니다 좋아요 좋습니다 완벽해요 최고예요 잘했어요 수고하셨습니다 감사해요 수고했어요 최고 굿",
  "работает çalışıyor funktioniert läuft marche fonctionne funziona funciona werkt działa toimii fungerar virker",
  "muchísimas mil hecho bel bom bueno demais hecho большое отличная wielkie gedaan jättemycket jobbat snyggt eline sağlık olmuş lieben arbeit gute beau boulot joué",
  "ta cool chapeau fab grand ace stellar spot-on sorted mahalo dankon gratias namaste respect props legend sublime",
  "spitzenmäßig astrein läuft servus moin ciao top geht klar dankesehr wunderbar fantastisch",
  "hvala fala odlično odlicno savršeno bravo izvrsno super dobro svaka čast može vrijedi ďakujem ďakujeme vďaka výborne dobre paráda",
  "благодаря благодарам мерси хвала одлично чудесно рахмет рахмат баярлалаа дзякуй класно красиво здорово шикарно благодарю спс пасиб ура",
  "aitäh tänan suurepärane paldies lieliski ačiū aciu dėkui puiku takk þakka frábært diolch gwych eskerrik asko primeran gràcies",
  "graciès perfecte grazas moitas grazzi merċi faleminderit shumë shkëlqyeshëm mersi mulțam foarte excelent bun grozav köszi szuper kiváló",
  "remek szépen díky díkes paráda bezva výborně kitos kiitti mahtava loistavaa erinomaista tusind tusen supert flott bra jobba jättebra grymt",
  "sağ ol eyvallah süper tebrikler təşəkkür edirəm çox sağol rahmat asante sana nzuri dankie baie mooi salamat po galing ayos syukran",
  "makasih keren sip oke mantul hebat tahniah kamsahamnida arigato arigatou xiexie spasibo blagodarya",
  "ممنون ممنونم مرسی متشکرم سپاس خیلی عالی خوب شكراً جزيلا جزيلاً أحسنت رائعة جميل تمام حسنا شکریہ بہت زبردست",
  "תודה אחלה סבבה כל הכבוד מצוין יפה ধন্যবাদ அருமை நன்றி ధన్యవాదాలు ಧನ್ಯವಾದ നന്ദി આભાર ਧੰਨਵਾਦ बढ़िया शानदार ස්තුතියි",
  "ขอบคุณ ขอบคุณครับ ขอบคุณค่ะ ขอบคุณมาก ขอบคุณมากครับ ขอบคุณมากค่ะ เยี่ยม เยี่ยมมาก ดีมาก សូមអរគុណ អរគុណ ကျေးဇူးတင်ပါတယ် ຂອບໃຈ",
  "მადლობა გმადლობთ შესანიშნავია շնորհակալություն հրաշալի ευχαριστούμε μπράβο τέλεια ωραία τέλειο σούπερ አመሰግናለሁ",
  "obg vlw tmj muitíssimo maravilha valeu ótima fechou tranquilo bacana chévere bacano dale vale guay mola genial maravilloso impecable",
  "geniale splendido magnifico ottima perfetta bellissimo eccezionale nickel nikel merciii magnifique formidable top chapeau parfaite",
  "super uitstekend keurig fijn tof geweldig helder akkoord toppie perfekcyjnie rewelacja dziękujemy dzieki dziekuje świetne ekstra bomba",
);

/** Of those, the ones that answer a question. */
export const ASSENT_WORDS = words(
  "yes yep yeah yup ok okay okey k sure fine right correct exactly agreed go sounds approved proceed please both either",
  "ja genau gerne klar richtig oui exact ouais d'accord sí si vale claro correcto sim isso certo sì certo esatto jawel inderdaad tak zgoda",
  "да верно конечно ага давай так ano jo igen da evet tamam olur joo kyllä ναι có ya iya نعم بله כן हाँ हां 네 예 응 좋아요",
);
export const DENIAL_WORDS = words(
  "no nope neither nein non nee nie нет ні ne nem nu hayır ei nej nei όχι không tidak لا نه לא नहीं 아니요 아니 não",
);

/** Words that only ask how far things are. */
export const STATUS_WORDS = words(
  "status progress eta ready finished done yet updates news alive stuck",
  "falta cuánto pronto terminou terminaste indo quanto punto сколько дела закончил закончила готов jak idzie ile klar går länge tid bitti hazır durumda kadar sürer lange combien temps",
  "fertig stand fini prêt terminé listo terminado estado pronto finito klaar gereed gotowe готово статус",
);

/** What stands between them. */
export const TALK_FILLERS = words(
  "so very much really a an the this that it it's is was are were be looks look looking seems like to me for your you u my i i'm we he they",
  "work job change changes pr patch solution stuff one idea point catch all now here there and as always just what needed wanted expected",
  AGENT_IDS.join(" "),
  "exactly everyone team folks guys man mate buddy bot porter too more than way by with in on from of at how quick quickly",
  "go fast end side lot bunch million again already also still not bad worries problem day evening afternoon night everything both side",
  "robot machine noise trouble bother confusion spam typo weekend holiday everybody into main master develop branch tomorrow today tonight later soon favor favour issue then well please pls any update going far when will",
  "long take yet there first time today's up have got go-ahead ahead nothing else anyone something rock rocks awesome best ever",
  "dir ihnen euch für die das der den sieht aus alles so es ist ich mir schon nicht mehr arbeit gemacht hilfe schnelle gute guter",
  "beaucoup pour le la les ton votre aide c'est tout ça marche travail très tu vous est un une moi",
  "muchas mucho por la el los tu su ayuda trabajo muy todo eso está es a de se ve me",
  "ficou ficaram bola muito pela pelo sua ajuda trabalho tudo está isso é grande mille tante per il lo tuo lavoro tutto molto va questo bene così",
  "wel je u het werk ziet er goed uit heel erg voor za pomoc to jest bardzo wszystko robota",
  "большое за помощь всё все это очень работа работает выглядит så mycket för det ser ut mange tusen hjelpen hjälpen paljon avusta",
  "работает всё теперь отлично работу молодцы så jätte mycket gjort gjorde iş işin olmuş",
  "puno lijepo baš shumë stipri mnogo много za çok ederim için iş bạn nhiều rất banyak جدا لك רבה मेरे बहुत 정말 너무",
);
