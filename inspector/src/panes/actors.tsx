/** The actors of the run as a tree: what each is doing at the cursor, and how much it has recorded. */
import { computed } from '@preact/signals';
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { select } from '../commands/moves.ts';
import { actors, charts } from '../data/cursorData.ts';
import { muteToggled, term } from '../data/filter.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Icon } from '../ui/icon.tsx';
import { Empty, Pane } from '../ui/pane.tsx';

type Actor = AnswerOf<'actors'>['actors'][number];

interface Branch {
  readonly path: string;
  readonly name: string;
  readonly actor: Actor | null;
  readonly branches: readonly Branch[];
}

const tree = computed(() => branchesOf(actors.value.value?.actors ?? [], ''));

/** Those below a path; one that never did anything itself stands there for those below it. */
function branchesOf(all: readonly Actor[], below: string): Branch[] {
  const depth = below === '' ? 0 : below.split('/').length;
  const paths = all
    .filter(({ path }) => below === '' || path.startsWith(`${below}/`))
    .map(({ path }) =>
      path
        .split('/')
        .slice(0, depth + 1)
        .join('/'),
    );
  return [...new Set(paths)].map((path) => ({
    path,
    name: path.split('/').at(-1)!,
    actor: all.find((each) => each.path === path) ?? null,
    branches: branchesOf(all, path),
  }));
}

export function Actors() {
  return (
    <Pane
      id="actors"
      title="Actors"
      hint="Who records facts. The state is that of its chart at the cursor; the number, its facts so far."
      aside={<ActorFilter />}
    >
      <div class="scroll">
        {tree.value.length === 0 ? (
          <Empty>No actor has done anything yet at this point of the run.</Empty>
        ) : (
          <Branches branches={tree.value} />
        )}
      </div>
    </Pane>
  );
}

function ActorFilter() {
  const { actor } = place.value;
  if (actor === '') return null;
  return (
    <button type="button" class="chip" onClick={() => go({ actor: '' })} title="Show all alike">
      {actor.split('/').at(-1)} ×
    </button>
  );
}

function Branches({ branches }: { readonly branches: readonly Branch[] }) {
  return (
    <ul class="branches">
      {branches.map((branch) => (
        <li key={branch.path}>
          <ActorRow branch={branch} />
          {branch.branches.length > 0 && <Branches branches={branch.branches} />}
        </li>
      ))}
    </ul>
  );
}

function ActorRow({ branch: { path, name, actor } }: { readonly branch: Branch }) {
  const running = charts.value.value?.charts.some((chart) => chart.actor === path) === true;
  const chosen = place.value.actor === path;
  const muted = place.value.mute.includes(term('by', path));
  const state = actor?.state ?? '';
  const mood = actor?.lastError != null ? 'is-failed' : running && !actor?.done ? 'is-running' : '';
  return (
    <div class={`actor ${mood}${chosen ? ' is-chosen' : ''}${muted ? ' is-muted' : ''}`}>
      <button
        type="button"
        class="actor-name"
        aria-pressed={chosen}
        title={`${path}\n${titleOf(actor)}\nClick: the lanes show it among the others`}
        onClick={() => go({ actor: chosen ? '' : path })}
      >
        <i aria-hidden="true" class="dot" />
        <span>{name}</span>
        {state !== '' && <em>{state}</em>}
      </button>
      {actor?.lastSeq != null && (
        <button
          type="button"
          class="count"
          title={`Facts recorded so far. Go to the last one, #${actor.lastSeq}`}
          aria-label={`${name}: ${countOf(actor.facts)} facts, go to the last`}
          onClick={() => select(actor.lastSeq!)}
        >
          {countOf(actor.facts)}
        </button>
      )}
      <button
        type="button"
        class="icon mute"
        aria-label={`${muted ? 'Show' : 'Mute'} ${path}`}
        aria-pressed={muted}
        title={muted ? 'Show its facts again' : 'Leave its facts out of list and lanes'}
        onClick={() => go({ mute: muteToggled(term('by', path)) })}
      >
        <Icon name="muted" />
      </button>
    </div>
  );
}

function titleOf(actor: Actor | null): string {
  if (actor === null) return 'Records nothing itself';
  const lines = [
    `set up ${actor.setUp} times, torn down ${actor.tornDown} times`,
    actor.allocated === null ? '' : `in its care: ${JSON.stringify(actor.allocated)}`,
    actor.lastError === null ? '' : `last error: ${actor.lastError}`,
  ];
  return lines.filter(Boolean).join('\n');
}
