import { clausesOf, ownWords, plainWords, wordsOf } from "./own-words.ts";
import { ENGLISH_VERBS, isEnglishRequest } from "./english-requests.ts";
import { requestsWithoutBlanks } from "./spaceless.ts";
import { isPleased, isThanks } from "./thanks.ts";

/**
 * Whether a text plainly asks for work. Asked only where words may as well be a reply to a run that has ended: what is
 * not listed costs its writer one more comment, and nobody a run.
 */
export function asksForWork(text: string): boolean {
  const own = ownWords(text).replace(IMAGE, " ").replace(ADDRESS, " ");
  const plain = plainWords(own);
  // Somebody who thanks or asks names files and lists what was tried as well.
  if (!isPleased(plain) && !SPEAKS.test(own) && (TECHNICAL.test(own) || LISTED.test(own))) return true;
  return clausesOf(plain).some((clause) => {
    const words = wordsOf(clause);
    if (isEnglishRequest(words)) return true;
    return !isThanks(clause) && (requestsWithoutBlanks(clause) || requestsInOthers(words));
  });
}

/** What verbs of requests begin with in other languages than English; those of three letters and fewer stand alone. */
const STEMS = `
ändere änder aktiviere aktualisier analysier anpass bau baue beheb behebe behandle benenne benutz bereinig berichtig beschreib
bitte dokumentier entfern ergänz ersetz erstell erweitere erzeug finde fixe formatier füg füge gib implementier
installier kannst kannste könntest korrigier lass lasse lösch löse mach mache migrier mock nimm nutze optimier passe prüf
refaktor reduzier reparier schreib setz sortier stell stelle such teste übersetz umbenenn unterstütz untersuch verbesser
vereinfach vermeid verschieb verwend zeig zieh

active actualise adapte ajoute ajuste améliore analyse applique change convertis corrige crée déplace désactive documente écris
enlève essaie évite faire fais génère gère implémente installe mets modifie nettoie optimise peux-tu pourrais pouvez
prends refactor remplace renomme répare résous simplifie supprime teste traduis trouve utilise vérifie

actualiza adapta agrega ajusta ajustar analiza añade añadir aplica arregla arreglar borra busca cambia comprueba corrige
corregir crea crear desactiva documenta elimina escribe evita haz hacer implementa implementar instala limpia mejora
migra mueve optimiza podrías prueba puedes puede quita reemplaza refactoriza renombra repara resuelve revisa simplifica
soluciona sustituye traduce usa utiliza verifica

acrescenta adiciona adicionar altera analisa apaga arruma atualiza conserta consertar corrija corrigir crie criar consegue
elimine escreva exclua faça fazer implemente melhore mova mude otimize pode poderia refatore remova remover renomeie
resolva resolver simplifique substitua teste traduza troque verifique

aggiorna aggiungi aggiungere applica aggiusta cambia cancella corregge correggi correggere crea creare disattiva elimina
esegui fai implementa implementare migliora modifica ottimizza potresti prova puoi pulisci rimuovi rimuovere rinomina
ripara risolvi risolvere scrivi semplifica sistema sostituisci sposta testa togli traduci trova usa verifica

bouw corrigeer documenteer doe fiks gebruik herschrijf herstel hernoem implementeer installeer kun maak optimaliseer
repareer schrijf toevoeg verander verbeter vereenvoudig vertaal vervang verwijder verplaats voeg werk wijzig zoek zorg

aktivera ändra byt dokumentera fixa flytta förbättra förenkla gör implementera kan lägg laga optimera rätta skapa skriv
sök testa uppdatera använd åtgärda översätt
ændr byg flyt fjern forbedr gør implementer kan lav læg opdater oversæt ret skift skriv slet tilføj brug
bruk endre fiks flytt forbedre gjør kan lag legg oppdater rett skriv slett
korjaa lisää muuta muokkaa paranna päivitä poista siirrä tee testaa kirjoita käytä toteuta vaihda voitko

dodaj dodać dopisz dostosuj możesz mógłbyś napraw napisz optymaliz popraw przenieś przepisz przetestuj sprawdź stwórz
usuń utwórz użyj wdroż wyczyść zaimplement zaktualizuj zamień zmień zoptymaliz zrefaktor zrób znajdź
aktualizuj implementuj můžeš napiš nahraď odstraň oprav otestuj přesuň přelož přepiš přidej smaž udělej uprav použij
vytvoř zjednoduš změň pridaj odstráň vytvor zmeň môžeš urob
dodaj ispravi izbriši možeš napiši napravi obriši popravi poboljšaj promijeni promeni ukloni zamijeni zameni spremeni
добав удали замен измен исправ испол напиш обнов оптимиз отключ перевед перенес перепиш переимен почин подправ провер протестир
реализ рефактор сдела созда удал улучш упрост убер можешь можете надо нужно нельзя
виправ видал додай додати зміни зроби напиши онови перевір поправ реаліз створи можеш
поправи промени премахни добави направи
adaugă actualizează corectează creează repară rezolvă schimbă scrie șterge implementează poți
adj javíts javítsd írj írd készíts cseréld töröld módosítsd tudnál változtasd
ekle düzelt değiştir güncelle kaldır sil oluştur yaz yap uygula iyileştir kullan taşı çevir yapabilir ekleyebilir
διόρθωσε πρόσθεσε άλλαξε αφαίρεσε γράψε δημιούργησε υλοποίησε ενημέρωσε μπορείς φτιάξε
sửa thêm xóa xoá đổi viết tạo cập nhật triển khai kiểm tra cải thiện
perbaiki tambah tambahkan hapus ubah ganti buat tulis perbarui bisakah tolong gunakan betulkan
أصلح اصلح أضف اضف احذف غير غيّر اكتب أنشئ حدث حدّث نفذ نفّذ يمكنك تستطيع استخدم اختبر
תקן תקני תתקן תוסיף תוסיפי תשנה תמחק תכתוב הוסף הוסיפי מחק שנה כתוב צור עדכן ממש אפשר תוכל השתמש בדוק
जोड़ें जोड़ो हटाएं हटाओ बदलें बदलो लिखें लिखो बनाएं बनाओ सुधारें करें करो
کنید بکن کن بنویس بساز
`;

const ALL = STEMS.split(/\s+/u).filter((stem) => stem !== "");
const WHOLE = new Set(ALL);
const BEGINNINGS = ALL.filter((stem) => stem.length > 3);

/** Endings that tell of what was done, or is being done: "fixed", "macht", "добавлено", "zrobione", "eklendi". */
const TELLS =
  /(?:ed|ing|es|[^i]t|st|ę|ł|ł[eaoy][śm]?|[oe]n[eyoai]|[aiu]d[oa]s?|[aiu]t[oai]|aste|iste|é|ée|és|ées|m[iıuü]ş\p{L}*|[dt][iıuü](?:n|m|k|ler|lar)?|[аяиыеёу]л[аои]?|н[оыа]|[^ть]о|ен)$/u;

/** Who speaks of what they do themselves. */
const OWN = new Set(
  "ich wir werde j'ai nous vou vamos voy vado yo nosotros eu nós io noi ik wij we jag vi jeg my мы я ми ben biz minä já εγώ أنا אני".split(
    " ",
  ),
);
/** Whom they ask; then they speak of themselves only besides. */
const ASKED = new Set("du ihr sie tu vous usted você ustedes voi jij u ty ви вы ты sen siz ni".split(" "));

/** "Can you explain …" is answered by words. */
const EXPLAINS =
  /^(?:erklär|sagen$|verrat|expliqu|dire$|explic|decir|dizer|spieg|dirmi|uitleg|vertel|wyjaśn|powiedz|объясн|сказать|расска|поясн|vysvětl|förklar|forklar|selit|açıkla|anlat|εξηγ|jelask|اشرح|הסבר|תסביר)/u;
/** What begins as a request does and asks for no work. */
const IDIOMS =
  /^(?:mach(?:t)? (?:weiter|so weiter|nur|ruhig|'?s gut)|lass (?:mal|gut|es gut|stecken)|gib (?:mir|uns) (?:kurz|eine)|sigue así|continua così|così si fa|так держать|tak trzymaj|så där ja|ga zo door|continue comme ça|continuez comme ça|continua assim|devam et)/u;

/** A verb of a request stands among the first words of its clause; the shortest only as the very first. */
const NEAR = 5;

/** The same in languages that put blanks between words. */
function requestsInOthers(words: readonly string[]): boolean {
  if (words[0] === "je") return false;
  if (words.some((word) => OWN.has(word)) && !words.some((word) => ASKED.has(word))) return false;
  if (words.some((word) => EXPLAINS.test(word)) || IDIOMS.test(words.join(" "))) return false;
  return words
    .slice(0, NEAR)
    .some(
      (word, index) =>
        !ENGLISH_VERBS.has(word) &&
        ((WHOLE.has(word) && (word.length > 3 || index < 2 || !/[a-z]/.test(word))) ||
          (!TELLS.test(word) && BEGINNINGS.some((stem) => word.startsWith(stem)))),
    );
}

const IMAGE = /!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>/gu;
const ADDRESS = /\bhttps?:\/\/\S+/gu;
/** A question, or words of somebody who speaks of themselves. */
const SPEAKS = /[?？؟]\s*$|(?<!\p{L})(?:I|[Ii]ch|[Jj]e|[Yy]o|[Ee]u|[Ii]k|[Яя])(?!\p{L})/u;
/** Code, a file, a name as programs have them, a flag; no face made of signs, no product that begins small. */
const TECHNICAL =
  /`[^`]+`|<\/?[a-z]|\{[^}]*\}|\w(?:\(\)|_\w| ?={1,3} ?\w)|(?:[\w-]+\/){2,}\w|\w\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|c|h|cpp|hpp|cs|php|html?|s?css|json|ya?ml|toml|mdx?|txt|sh|sql|vue|svelte|swift|lock|xml|env|ex|hs|scala|dart|lua)\b|\b(?!iphone|ipad|macos|ios)[a-z]+[A-Z]\w|(?<!\S)-{2}\w/u;
/** A list, or more than one paragraph. */
const LISTED = /^\s*(?:[-*+]|\d+[.)])\s/mu;
