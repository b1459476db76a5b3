/** A link to a fact by its number. */
import { select } from '../commands/moves.ts';
import { countOf } from '../state/marketTime.ts';

export function SeqLink({ seq, title }: { readonly seq: number; readonly title?: string }) {
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(seq);
  };
  return (
    <a class="seq" href={`#seq=${seq}`} title={title ?? `Go to fact ${seq}`} onClick={onClick}>
      #{countOf(seq)}
    </a>
  );
}
