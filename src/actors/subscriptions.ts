/** The asynchronous consumers of a session's frames, seen from the session. */
import type { JournalEntry } from '../store/journal.ts';
import type { Overruns } from './overruns.ts';
import { kept, type Recorder } from './recorder.ts';
import { type FrameConsumer, type FrameSource, StreamSubscription } from './streamSubscription.ts';

export interface SubscriptionsParts {
  readonly recorder: Recorder;
  /** Where late consumers are counted; null if the session waits for them. */
  readonly overruns: Overruns | null;
  readonly journal: (entry: JournalEntry) => void;
}

export class Subscriptions {
  readonly #parts: SubscriptionsParts;
  readonly #all = new Set<StreamSubscription>();

  constructor(parts: SubscriptionsParts) {
    this.#parts = parts;
  }

  get any(): boolean {
    return this.#all.size > 0;
  }

  /** True if all have consumed what there was. O(subscriptions). */
  get ready(): boolean {
    for (const { ready } of this.#all) if (!ready) return false;
    return true;
  }

  /** @param run when it is over, and who wants to hear that a consumer may be ready */
  add(consumer: FrameConsumer, run: { ended: Promise<void>; wake(): void }): StreamSubscription {
    const { recorder, overruns, journal } = this.#parts;
    const source: FrameSource = {
      listen: (take) => recorder.listen((frame) => take(kept(frame))),
      ended: run.ended,
      late: ({ at }, behind) => {
        overruns?.add({ at, consumer: 'subscriber', behind });
        return overruns !== null;
      },
      changed: () => run.wake(),
      failed: (reason) => journal({ type: 'SubscriberFailed', reason, at: recorder.at }),
    };
    const subscription = new StreamSubscription(consumer, source);
    this.#all.add(subscription);
    const leave = () => this.#all.delete(subscription);
    subscription.done.then(leave, leave);
    return subscription;
  }

  /** Resolves when all there are have come to their end. */
  async done(): Promise<void> {
    await Promise.allSettled([...this.#all].map(({ done }) => done));
  }
}
