/** One place of SessionData, with those below it where it is open. */
import type { StateNode } from '../../../src/inspect/protocol.ts';
import { changed, isOpen, nodes, showFrom, toggle } from '../data/stateTree.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { kindOf, valueText } from '../ui/valueText.ts';

interface NodeProps {
  readonly node: StateNode;
  /** Only places whose path holds it. */
  readonly filter: string;
}

/** How many earlier children one click brings. */
const MORE = 100;

export function Node({ node, filter }: NodeProps) {
  const { path, kind } = node;
  const open = kind !== 'value' && isOpen(path);
  const here = open ? nodes.value.value?.byPath.get(path) : undefined;
  const children = here?.children ?? node.children ?? [];
  const matches = filter === '' || path.toLowerCase().includes(filter);
  if (!matches && !open) return null;
  return (
    <li>
      <Line node={node} open={open} />
      {open && here !== undefined && (
        <ul>
          {here.before > 0 && (
            <li>
              <button
                type="button"
                class="plain more"
                onClick={() => showFrom(path, here.before - MORE)}
              >
                {countOf(here.before)} before these
              </button>
            </li>
          )}
          {children.map((child) => (
            <Node key={child.path} node={child} filter={filter} />
          ))}
          {here.after > 0 && (
            <li>
              <button
                type="button"
                class="plain more"
                onClick={() => showFrom(path, here.before + children.length)}
              >
                {countOf(here.after)} after these
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

function Line({ node, open }: { readonly node: StateNode; readonly open: boolean }) {
  const { path, key, kind } = node;
  const change = changed.value.byPath.get(path);
  const isChanged = change !== undefined || changed.value.above.has(path);
  const selected = place.value.path === path;
  return (
    <div class={`node${selected ? ' is-chosen' : ''}${isChanged ? ' is-changed' : ''}`}>
      {kind === 'value' ? (
        <span class="twisty" />
      ) : (
        <button
          type="button"
          class="twisty"
          aria-expanded={open}
          aria-label={path}
          onClick={() => toggle(path)}
        >
          {open ? '▾' : '▸'}
        </button>
      )}
      <button
        type="button"
        class="node-name"
        aria-pressed={selected}
        title={`${path}\nClick selects it: w says why it is so`}
        onClick={() => {
          go({ path: selected ? '' : path }, 'silent');
          if (kind !== 'value' && !open && !selected) toggle(path);
        }}
      >
        <span class="key">{key}</span>
        <Summary node={node} />
        {change !== undefined && <Was change={change} />}
      </button>
    </div>
  );
}

function Summary({ node }: { readonly node: StateNode }) {
  const { kind, value, size, children } = node;
  if (kind === 'value') {
    return <span class={`value is-${kindOf(value)}`}>{valueText(value ?? null)}</span>;
  }
  if (kind === 'array' && children?.every((child) => child.kind === 'value')) {
    return <span class="value is-other">{children.map((c) => valueText(c.value)).join('  ')}</span>;
  }
  return <span class="size">{kind === 'array' ? `[${countOf(size)}]` : `{${countOf(size)}}`}</span>;
}

function Was({ change }: { readonly change: { readonly old: unknown; readonly kind: string } }) {
  return change.kind === 'added' ? (
    <span class="was">new</span>
  ) : (
    <span class="was" title="The value before">
      ← {valueText(change.old)}
    </span>
  );
}
