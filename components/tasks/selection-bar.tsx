import { Button } from "@/components/ui/button";
import type { Selection } from "./use-list-actions";

type SelectionBarProps = Selection & {
  count: number;
  /** The stop was asked for once and wants to be asked for again. */
  isArmed: boolean;
  onClear: () => void;
};

/** What can be done with all selected tasks; `s` and `r` do the same. */
export default function SelectionBar(props: SelectionBarProps) {
  const { count, stoppable, retryable, stop, retry, isArmed, onClear } = props;
  return (
    <div
      role="toolbar"
      aria-label="Selected tasks"
      className="fixed bottom-16 left-1/2 z-30 flex -translate-x-1/2 items-center gap-2 rounded-lg bg-raised py-2 pr-2 pl-4 shadow-float sm:bottom-6"
    >
      <output className="pr-2 whitespace-nowrap tabular">{count} selected</output>
      {stoppable === 0 ? null : (
        <Button tone="danger" onClick={stop}>
          {isArmed ? `Really stop ${stoppable}?` : `Stop ${stoppable}`}
        </Button>
      )}
      {retryable === 0 ? null : <Button onClick={retry}>Retry {retryable}</Button>}
      <Button tone="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
