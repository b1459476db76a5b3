import { render } from 'preact';
import './style/tokens.css';

render(<h1>Openbell</h1>, document.getElementById('app')!);
