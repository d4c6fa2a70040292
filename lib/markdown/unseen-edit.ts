/** A replacement that takes words away which the page does not show; `isUnclosed`: of an element without an end. */
export type UnseenEdit = {
  from: number;
  to: number;
  replacement: string;
  what: "hidden element" | "hidden attribute" | "image alt text" | "link title" | "unused link definition";
  count?: number;
  isUnclosed?: boolean;
};
