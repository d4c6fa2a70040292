/**
 * Views of one thing that each have an address: links, the present one marked with `aria-current`. Their row has a
 * line below, which the marked one covers.
 */
export const tabLook =
  "-mb-px inline-flex h-10 shrink-0 items-center gap-1.5 border-b-2 border-transparent text-sm whitespace-nowrap text-soft hover:text-ink aria-[current=page]:border-ink aria-[current=page]:font-medium aria-[current=page]:text-ink";
