/** Starts the page. */
import './data/noEval.ts';
import { render } from 'preact';
import { App } from './app.tsx';
import { checkArrivals } from './commands/arrival.ts';
import { followKeys } from './commands/keyboard.ts';
import { followLive } from './data/live.ts';
import { loadNotes } from './data/notes.ts';
import { followRun } from './data/run.ts';
import { followAddress } from './state/place.ts';
import { followTheme } from './state/theme.ts';
import './style/tokens.css';
import './style/page.css';
import './style/panes.css';
import './style/drawings.css';

followTheme();
followAddress();
followRun();
followLive();
followKeys();
checkArrivals();
void loadNotes();
render(<App />, document.getElementById('app')!);
