/** What a program can ask of a running session, and the answers it gets. */
import { Stream } from '../domain/config/leaves.ts';
import { UsageError } from '../domain/errors.ts';
import type { Interval } from '../domain/interval.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { Conductor } from './conductor.ts';
import type { Engine } from './engine.ts';
import type { AddResult, AdhocBar } from './inbox.ts';
import { symbolNamed } from './symbolName.ts';
import { type BarOptions, checkedBar, intervalNamed, type Verbs } from './verbs.ts';

/** What became of the wish to remove a symbol. */
export type RemoveResult =
  | { readonly removed: true; readonly symbol: string }
  | { readonly removed: false; readonly symbol: string; readonly reason: string };

/** What became of an indicator asked for. */
export type RegisterResult =
  | { readonly registered: true; readonly symbol: string; readonly key: string }
  | {
      readonly registered: false;
      readonly symbol: string;
      readonly key: string;
      readonly reason: string;
    };

/** What became of a bar added by hand. */
export type BarResult =
  | { readonly added: true; readonly symbol: string }
  | { readonly added: false; readonly symbol: string; readonly reason: string };

/** The interval of a stream, as a config may name it; quotes are computed from bars. @throws {UsageError} */
function intervalIn(stream: string): Interval[] {
  const parsed = Stream.safeParse(stream);
  if (!parsed.success) throw new UsageError(`streams: ${parsed.error.issues[0]!.message}`);
  return parsed.data === 'quotes' ? [] : [parsed.data];
}

export class Requests {
  readonly #engine: Engine;
  readonly #conductor: Conductor;

  constructor(engine: Engine, conductor: Conductor) {
    this.#engine = engine;
    this.#conductor = conductor;
  }

  async addSymbol(name: string, streams: readonly string[]): Promise<AddResult> {
    const symbol = symbolNamed(name);
    const intervals = streams.flatMap(intervalIn);
    const { inbox } = this.#engine;
    return new Promise((settle) => {
      const unchanged = (loaded: boolean, reason: string) =>
        settle({ added: false, symbol, loaded, reason });
      const ask = (verbs: Verbs) => {
        const known = inbox.lastWish(symbol);
        if (!verbs.addSymbol(symbol, intervals)) {
          this.#note(symbol, 'it is in the session already');
          unchanged(true, 'it is in the session already');
          return;
        }
        if (inbox.lastWish(symbol) === known) this.#note(symbol, 'it is on its way');
        inbox.onSettled(symbol, settle);
      };
      this.#ask('symbol.add', ask, (reason) => unchanged(false, reason));
    });
  }

  async removeSymbol(name: string, force: boolean): Promise<RemoveResult> {
    const symbol = symbolNamed(name);
    const reason = await this.#change('symbol.remove', (verbs, settle) =>
      verbs.removeSymbol(symbol, force, settle),
    );
    return reason === '' ? { removed: true, symbol } : { removed: false, symbol, reason };
  }

  async registerIndicator(name: string, spec: IndicatorSpec): Promise<RegisterResult> {
    const symbol = symbolNamed(name);
    const { key } = this.#engine.plan(spec);
    const reason = await this.#change('indicator.register', (verbs, settle) =>
      verbs.registerIndicator(symbol, spec, settle),
    );
    if (reason === '') return { registered: true, symbol, key };
    return { registered: false, symbol, key, reason };
  }

  async addBar(
    name: string,
    interval: string,
    bar: AdhocBar,
    options: BarOptions,
  ): Promise<BarResult> {
    const symbol = symbolNamed(name);
    const canonical = intervalNamed(interval);
    const checked = checkedBar(bar);
    const reason = await this.#change('bar.add', (verbs, settle) =>
      verbs.addBar(symbol, canonical, checked, options, settle),
    );
    return reason === '' ? { added: true, symbol } : { added: false, symbol, reason };
  }

  #change(
    message: string,
    act: (verbs: Verbs, settle: (reason: string) => void) => void,
  ): Promise<string> {
    return new Promise((settle) => this.#ask(message, (verbs) => act(verbs, settle), settle));
  }

  /** A wish that nothing follows from leaves no fact: it is noted beside the log. */
  #note(symbol: string, reason: string): void {
    const { recorder } = this.#engine;
    this.#engine.journal({
      type: 'symbol.add',
      symbol,
      reason,
      at: recorder.at,
      seq: recorder.seq,
    });
  }

  /** Once the run is over nothing can be asked; that is noted beside the log. */
  #ask(message: string, act: (verbs: Verbs) => void, tooLate: (reason: string) => void): void {
    const conductor = this.#conductor;
    const late = () => {
      conductor.refuse(message, conductor.ending);
      tooLate(`the run is ${conductor.ending}`);
    };
    if (conductor.over) {
      late();
      return;
    }
    conductor.start();
    conductor.ask(act, late);
  }
}
