/** What a check found, told as it is found. */
export class Findings {
  readonly wrongs: string[] = [];
  readonly notCheckeds: string[] = [];
  goods = 0;

  good(what: string): void {
    this.goods += 1;
    console.log(`  ok           ${what}`);
  }

  wrong(what: string): void {
    this.wrongs.push(what);
    console.log(`  WRONG        ${what}`);
  }

  notChecked(what: string): void {
    this.notCheckeds.push(what);
    console.log(`  not checked  ${what}`);
  }
}
