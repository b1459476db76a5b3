/** The page: panes around one cursor. */
import { answering } from './data/batch.ts';
import { run, runProblem } from './data/run.ts';
import { Actors } from './panes/actors.tsx';
import { BreakpointsDialog } from './panes/breakpointsDialog.tsx';
import { Comparison } from './panes/comparison.tsx';
import { EventDetail } from './panes/eventDetail.tsx';
import { Events } from './panes/events.tsx';
import { KeysDialog } from './panes/keysDialog.tsx';
import { Lanes } from './panes/lanes.tsx';
import { Notes } from './panes/notes.tsx';
import { Palette } from './panes/palette.tsx';
import { Chart } from './panes/priceChart.tsx';
import { SessionData } from './panes/sessionData.tsx';
import { Statechart } from './panes/statechart.tsx';
import { DamageBanner, StatusBar } from './panes/statusBar.tsx';
import { Toolbar } from './panes/toolbar.tsx';
import { dialog } from './state/dialogs.ts';
import { place } from './state/place.ts';

export function App() {
  return (
    <>
      <div class="page">
        <Toolbar />
        <DamageBanner />
        <Trouble />
        {run.value === null && runProblem.value !== null ? <main class="panes" /> : <Panes />}
        <StatusBar />
      </div>
      {dialog.value === 'palette' && <Palette />}
      {dialog.value === 'keys' && <KeysDialog />}
      {dialog.value === 'breakpoints' && <BreakpointsDialog />}
    </>
  );
}

function Panes() {
  return (
    <main class={layoutClass()}>
      <Comparison />
      <div class="column">
        <Actors />
        <Statechart />
      </div>
      <div class="column">
        <Chart />
        <Lanes />
        <Events />
      </div>
      <div class="column">
        <SessionData />
        <EventDetail />
        <Notes />
      </div>
    </main>
  );
}

/** What is wrong with the page as a whole. */
function Trouble() {
  const text = answering.value
    ? runProblem.value
    : 'The inspector no longer answers: what is shown is as it was last. Start it again, and open the address that it prints.';
  return text === null || text === '' ? null : (
    <div class="banner" role="alert">
      {text}
    </div>
  );
}

function layoutClass(): string {
  const compares = run.value?.other != null;
  return ['panes', compares && 'compares', place.value.wide !== '' && 'has-wide']
    .filter(Boolean)
    .join(' ');
}
