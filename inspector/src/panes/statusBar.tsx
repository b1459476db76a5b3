/** The foot of the page: how much is known of the log, whether it is whole, where playback stops. */
import { behind, connected, engine } from '../data/live.ts';
import { last, run } from '../data/run.ts';
import { openDialog } from '../state/dialogs.ts';
import { countOf } from '../state/marketTime.ts';
import { place } from '../state/place.ts';

export function StatusBar() {
  const known = run.value;
  const { breakpoints } = place.value;
  if (known === null) return <footer class="status" />;
  const { index, chainHash, damage } = known;
  return (
    <footer class="status">
      {index.ready ? (
        <span title="The whole log has been looked through">
          index ready · {countOf(last.value)} facts
        </span>
      ) : (
        <span>
          indexing{' '}
          <progress aria-label="Index" max={index.total} value={index.indexed}>
            {index.indexed} of {index.total}
          </progress>{' '}
          {countOf(index.indexed)} of {countOf(index.total)}
        </span>
      )}
      <span title={`Chain hash of the log: ${chainHash}`}>
        {damage === null ? `log hash ${chainHash.slice(0, 8)} ✓` : 'log damaged ✗'}
      </span>
      {known.live && (
        <span>
          {connected.value ? 'live' : 'connection lost, trying again'}
          {!place.value.follow && behind.value > 0 && ` · ${countOf(behind.value)} new`}
          {engine.value?.paused === true && ' · paused'}
        </span>
      )}
      <button
        type="button"
        class="plain"
        title="Where playback and a controlled run stop (B)"
        onClick={() => openDialog('breakpoints')}
      >
        breakpoints {breakpoints.length}
        {breakpoints.length > 0 && `: ${breakpoints.join(' · ')}`}
      </button>
      <span class="status-keys">
        <kbd>← →</kbd> step <kbd>g</kbd> go to <kbd>/</kbd> filter <kbd>w</kbd> why <kbd>d</kbd>{' '}
        what changed <kbd>?</kbd> everything else
      </span>
      <span class="status-end" title="The folder of the run">
        {known.folder}
      </span>
    </footer>
  );
}

/** A log that cannot be read to its end says so where nobody can miss it. */
export function DamageBanner() {
  const damage = run.value?.damage;
  if (damage == null) return null;
  return (
    <div class="banner" role="alert">
      <b>This log is damaged.</b> Fact #{countOf(damage.seq)} cannot be read
      {damage.offset !== null && (
        <>
          {' '}
          ({damage.file ?? 'log'}, byte {damage.offset})
        </>
      )}
      , so what is shown ends at #{countOf(damage.seq - 1)}. Check the log with{' '}
      <code>openbell verify {run.value?.path}</code>, or copy what is good of it with{' '}
      <code>openbell salvage {run.value?.path}</code>.
      <details>
        <summary>What was found</summary>
        {damage.message}
      </details>
    </div>
  );
}
