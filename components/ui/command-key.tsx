import { Kbd } from "./kbd";

/** ⌘ and another key where the reader's machine has a ⌘ (`data-keys`, app/layout.tsx), elsewhere Ctrl. */
export const CommandKey = ({ with: other }: { with: string }) => (
  <Kbd>
    <span>
      <span className="apple:hidden">Ctrl </span>
      <span className="hidden apple:inline">⌘</span>
      {other}
    </span>
  </Kbd>
);
