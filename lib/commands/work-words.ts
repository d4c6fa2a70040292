/**
 * Whether a text plainly asks for work. Asked only where words may as well be a reply to a run that has ended: what is
 * not listed costs its writer one more comment, and nobody a run.
 */

/** A longer text is no mere thank-you. */
const MAX_WORDS = 12;
/** The same for scripts that put no blanks between words. */
const MAX_CHARACTERS = 24;

/** English verbs as requests have them: "fixed it" and "looks fine" only tell something. */
const REQUESTS = new Set(
  (
    "add adapt adjust allow also alter analyse analyze append apply ask attach avoid backport bench benchmark build bump can capture " +
    "catch center centre change check clean clear close collapse collect compare compress compute configure connect consider " +
    "continue convert copy correct could cover create cut debug decouple dedupe define delay delete deprecate derive describe " +
    "detect disable display do document don't downgrade drop duplicate edit enable enforce ensure escape exclude expand explain " +
    "export expose extend extract fall fetch filter find finish fix flag follow format generate get give go guard handle help hide " +
    "ignore implement import improve include increase inline insert inspect install instead integrate introduce investigate keep " +
    "let limit link lint load lock log lower make mark merge migrate minify mock modify move need normalise normalize only open " +
    "optimise optimize paginate parse patch pin please polish port prefer prevent print proceed profile propose publish push put " +
    "raise rebase redo reduce refactor refine reformat refresh regenerate reimplement reject reload remove rename reopen reorder " +
    "replace report reproduce require reset resolve respect restore restrict restructure return reuse revert rework rewrite " +
    "rotate round run sanitise sanitize scan separate set should show simplify skip solve sort speed split squash start stop store " +
    "stub suggest support swap switch test throw tidy tighten toggle track transform translate trim try turn tweak type undo " +
    "uninstall unify update upgrade upload use validate verify want warn wire without would wrap write"
  ).split(" "),
);

/** What the same words begin with in other languages; those of three letters and fewer stand alone. */
const STEMS = `
ändere änder aktiviere aktualisier analysier anpass bau baue beheb behebe behandle benenne benutz bereinig berichtig beschreib
bitte dokumentier entfern erkläre ergänz ersetz erstell erweitere erzeug finde fixe formatier füg füge gib implementier
installier kannst kannste könntest korrigier lass lasse lösch löse mach mache migrier mock nimm nutze optimier passe prüf
refaktor reduzier reparier schreib setz sortier stell stelle such teste übersetz umbenenn unterstütz untersuch verbesser
vereinfach vermeid verschieb verwend zeig zieh

active actualise adapte ajoute ajuste améliore analyse applique change convertis corrige crée déplace désactive documente écris
enlève essaie évite explique faire fais génère gère implémente installe mets modifie nettoie optimise peux-tu pourrais pouvez
prends refactor remplace renomme répare résous simplifie supprime teste traduis trouve utilise vérifie

actualiza adapta agrega ajusta ajustar analiza añade añadir aplica arregla arreglar borra busca cambia comprueba corrige
corregir crea crear desactiva documenta elimina escribe evita explica haz hacer implementa implementar instala limpia mejora
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
usuń utwórz użyj wdroż wyczyść wyjaśnij zaimplement zaktualizuj zamień zmień zoptymaliz zrefaktor zrób znajdź
aktualizuj implementuj můžeš napiš nahraď odstraň oprav otestuj přesuň přelož přepiš přidej smaž udělej uprav použij
vytvoř zjednoduš změň pridaj odstráň vytvor zmeň môžeš urob
dodaj ispravi izbriši možeš napiši napravi obriši popravi poboljšaj promijeni promeni ukloni zamijeni zameni spremeni
добав замен измен исправ испол напиш обнов оптимиз отключ перевед перенес перепиш переимен почин подправ провер протестир
реализ рефактор сдела созда удал улучш упрост убер можешь можете надо нужно нельзя
виправ видал додай додати зміни зроби напиши онови перевір поправ реаліз створи можеш
поправи промени премахни добави направи
adaugă actualizează corectează creează repară rezolvă schimbă scrie șterge implementează poți
adj javíts javítsd írj írd készíts cseréld töröld módosítsd tudnál változtasd
ekle düzelt değiştir güncelle kaldır sil oluştur yaz yap uygula iyileştir kullan taşı çevir yapabilir ekleyebilir
διόρθωσε πρόσθεσε άλλαξε αφαίρεσε γράψε δημιούργησε υλοποίησε ενημέρωσε μπορείς φτιάξε
sửa thêm xóa xoá đổi viết tạo cập nhật triển khai kiểm tra cải thiện
perbaiki tambah tambahkan hapus ubah ganti buat tulis perbarui bisakah tolong gunakan betulkan
أصلح اصلح أضف اضف احذف غير غيّر اكتب أنشئ حدث حدّث نفذ نفّذ هل استخدم اختبر
תקן תקני הוסף הוסיפי מחק שנה כתוב צור עדכן ממש האם תוכל השתמש בדוק
ठीक जोड़ें जोड़ो हटाएं हटाओ बदलें बदलो लिखें लिखो बनाएं बनाओ सुधारें करें करो
اصلاح درست اضافه حذف تغییر بنویس بساز به‌روزرسانی
고쳐 고치 추가 삭제 제거 변경 바꿔 바꾸 수정 구현 만들 작성 업데이트 개선 리팩 테스트 확인 적용 사용 옮겨
`;

const ALL = STEMS.split(/\s+/u).filter((stem) => stem !== "");
const WHOLE = new Set(ALL);
const BEGINNINGS = ALL.filter((stem) => stem.length > 3);

/** Characters of work in Chinese and Japanese, and in Thai. */
const SPACELESS =
  /修|改|加|增|写|寫|实现|實現|删|刪|更新|重构|重構|优化|優化|用|换|換|做个|创建|創建|移|去掉|支持|测试|測試|检查|檢查|翻译|翻譯|解决|解決|处理|處理|能不能|可以|直し|直す|直して|追加|実装|変更|削除|作っ|作成|書い|書き|対応|使っ|テスト|修正|置き換え|แก้|เพิ่ม|ลบ|เขียน|สร้าง|เปลี่ยน|ทำ|ปรับ/u;
/** Code, a file, an address, an issue, a name as programs have them: nobody thanks with these. */
const TECHNICAL = /[`<>{}=/\\]|#\d|\w\.\w|\w_\w|\p{Ll}\p{Lu}|\w\(\)|-{2}\w/u;
/** A list, or more than one paragraph. */
const LISTED = /^\s*(?:[-*+]|\d+[.)])\s/mu;

export function asksForWork(text: string): boolean {
  if (TECHNICAL.test(text) || LISTED.test(text)) return true;
  const words =
    text
      .toLowerCase()
      .normalize("NFKC")
      .replace(/[’‘ʼ`´]/g, "'")
      .match(/[\p{L}\p{M}\p{N}'’-]+/gu) ?? [];
  if (words.length > MAX_WORDS) return true;
  const spaceless = words.filter((word) =>
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word),
  );
  if (spaceless.join("").length > MAX_CHARACTERS || spaceless.some((word) => SPACELESS.test(word))) return true;
  return words.some(
    (word) => REQUESTS.has(word) || WHOLE.has(word) || BEGINNINGS.some((stem) => word.startsWith(stem)),
  );
}
