/**
 * The statecharts of a run as one drawing: a chart that a state invokes is drawn inside that state, so that what
 * runs at a moment is one nest of boxes. Which of them are active is no part of it: that is a matter of style.
 */

/** A state of a chart, as the protocol gives it. */
export interface StateNode {
  readonly key: string;
  readonly path: string;
  readonly type: string;
  readonly description: string;
  readonly initial: string | null;
  readonly invokes: readonly { readonly id: string; readonly chart: string | null }[];
  readonly states: readonly StateNode[];
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string | null;
  readonly message: string;
  readonly guard: string | null;
}

export interface ChartShape {
  readonly id: string;
  readonly root: StateNode;
  readonly edges: readonly ChartEdge[];
}

export interface Box {
  /** Of a state `actor#path`, of a chart its actor. */
  readonly id: string;
  readonly kind: 'chart' | 'state' | 'final' | 'parallel';
  readonly actor: string;
  readonly path: string;
  readonly title: string;
  /** A line under the title: of a chart its kind, of a state nothing. */
  readonly hint: string;
  readonly initial: boolean;
  readonly boxes: readonly Box[];
}

export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly failure: boolean;
}

export interface Scene {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** More charts in one another than any run has: a chart that invokes itself ends here. */
const DEPTH_MAX = 8;

/**
 * Draws the chart of `actor` and all that it invokes.
 * @param extra actors that a chart starts by itself: their paths below it, and the charts they run
 */
export function sceneOf(
  charts: readonly ChartShape[],
  actor: string,
  chart: string,
  extra: readonly { readonly actor: string; readonly chart: string }[] = [],
): Scene {
  const known = new Map(charts.map((each) => [each.id, each]));
  const arrows: Arrow[] = [];

  const drawChart = (path: string, id: string, depth: number): Box | null => {
    const shape = known.get(id);
    if (shape === undefined || depth > DEPTH_MAX) return null;
    const invoked = shape.root.invokes.flatMap(
      (each) => drawChart(`${path}/${each.id}`, each.chart ?? '', depth + 1) ?? [],
    );
    const started = depth > 0 ? [] : extra.flatMap((e) => drawChart(e.actor, e.chart, 1) ?? []);
    for (const [i, edge] of shape.edges.entries()) {
      if (edge.to === null || edge.from === '' || edge.from === edge.to) continue;
      arrows.push({
        id: `${path}!${i}`,
        from: `${path}#${edge.from}`,
        to: `${path}#${edge.to}`,
        label: labelOf(edge),
        failure: isFailure(edge),
      });
    }
    const states = shape.root.states.map((s) => drawState(path, s, shape.root.initial, depth));
    return {
      id: path,
      kind: 'chart',
      actor: path,
      path: '',
      title: path.split('/').at(-1)!,
      hint: shape.root.description,
      initial: false,
      boxes: [...states, ...invoked, ...started],
    };
  };

  const drawState = (path: string, at: StateNode, initial: string | null, depth: number): Box => ({
    id: `${path}#${at.path}`,
    kind: at.type === 'final' ? 'final' : at.type === 'parallel' ? 'parallel' : 'state',
    actor: path,
    path: at.path,
    title: at.key,
    hint: at.description,
    initial: initial === at.key,
    boxes: [
      ...at.states.map((state) => drawState(path, state, at.initial, depth)),
      ...at.invokes.flatMap(
        (each) => drawChart(`${path}/${each.id}`, each.chart ?? '', depth + 1) ?? [],
      ),
    ],
  });

  const root = drawChart(actor, chart, 0);
  return { boxes: root === null ? [] : [root], arrows: merged(arrows) };
}

const isFailure = ({ to, message }: ChartEdge) =>
  to?.split('.').at(-1) === 'failed' || message.startsWith('xstate.error');

/** What is written on an arrow: messages and guards; that work is done goes without saying. */
function labelOf(edge: ChartEdge): string {
  if (isFailure(edge)) return '';
  const { message, guard } = edge;
  const plain = message.startsWith('xstate.') || message === '' ? '' : message;
  return [plain, guard === null ? '' : `[${guard}]`].filter(Boolean).join(' ');
}

/** Arrows between the same two boxes are drawn as one. */
function merged(arrows: readonly Arrow[]): Arrow[] {
  const byEnds = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = `${arrow.from}>${arrow.to}`;
    const same = byEnds.get(key);
    const label = [same?.label, arrow.label].filter(Boolean).join(', ');
    byEnds.set(key, same === undefined ? arrow : { ...same, label });
  }
  return [...byEnds.values()];
}
