/** Where boxes and arrows go: laid out by elk in a worker, once; nothing moves afterwards. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import ELK from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Arrow, Box, Card } from './scene.ts';

export interface PlacedBox extends Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

export interface PlacedArrow extends Arrow {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly labelAt: { readonly x: number; readonly y: number } | null;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  /** Outer ones first. */
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
}

const TITLE_HEIGHT = 26;
const STATE_HEIGHT = 28;
const RUNS_HEIGHT = 13;
export const LABEL_HEIGHT = 13;
const CARD_GAP = 26;

/** Cards stand beside one another, in their order. */
const SHEET = {
  'elk.algorithm': 'rectpacking',
  'elk.aspectRatio': '1.6',
  'elk.rectpacking.widthApproximation.strategy': 'TARGET_WIDTH',
  'elk.rectpacking.widthApproximation.targetWidth': '2400',
  'elk.spacing.nodeNode': String(CARD_GAP),
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
};

const CARD = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.componentComponent': '20',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

const PADDING = { 'elk.padding': `[top=${TITLE_HEIGHT + 8},left=12,bottom=12,right=12]` };

/** Started with the page: until there is something to lay out, its worker has been read. */
const elk = new ELK({ workerFactory: () => new Worker(new URL(workerUrl, import.meta.url)) });

/** Lays charts out. @param measure the width of a text in pixels */
export async function layOut(
  cards: readonly Card[],
  measure: (text: string) => number,
): Promise<Drawing> {
  const graph = await elk.layout({
    id: 'root',
    layoutOptions: SHEET,
    children: cards.map(({ box, arrows }) => {
      const node = nodeOf(box, measure);
      return {
        ...node,
        layoutOptions: { ...node.layoutOptions, ...CARD },
        edges: arrows.map((arrow) => edgeOf(arrow, measure)),
      };
    }),
  });
  return drawingOf(cards, graph);
}

function nodeOf(box: Box, measure: (text: string) => number): ElkNode {
  const width = Math.ceil(Math.max(measure(box.title) + 30, measure(box.runs) * 0.85 + 30));
  const height = STATE_HEIGHT + (box.runs === '' ? 0 : RUNS_HEIGHT);
  if (box.boxes.length === 0) return { id: box.id, width, height };
  return {
    id: box.id,
    layoutOptions: {
      ...PADDING,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width + 16},${STATE_HEIGHT})`,
    },
    children: box.boxes.map((each) => nodeOf(each, measure)),
  };
}

function edgeOf(arrow: Arrow, measure: (text: string) => number): ElkExtendedEdge {
  const { id, from, to, label } = arrow;
  const width = Math.ceil(Math.max(0, ...label.map(measure)) * 0.85) + 4;
  const height = label.length * LABEL_HEIGHT;
  const labels = label.length === 0 ? [] : [{ text: label.join(), width, height }];
  return { id, sources: [from], targets: [to], labels };
}

function drawingOf(cards: readonly Card[], graph: ElkNode): Drawing {
  const places = new Map<string, ElkNode>();
  const edges = new Map<string, ElkExtendedEdge>();
  const note = (node: ElkNode): void => {
    places.set(node.id, node);
    for (const edge of node.edges ?? []) edges.set(edge.id, edge);
    node.children?.forEach(note);
  };
  note(graph);
  const boxes: PlacedBox[] = [];
  const place = (box: Box, depth: number): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = places.get(box.id) ?? {};
    boxes.push({ ...box, x, y, width, height, depth });
    for (const each of box.boxes) place(each, depth + 1);
  };
  for (const { box } of cards) place(box, 0);
  const arrows = cards.flatMap((card) => card.arrows.map((each) => placed(each, edges)));
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, arrows };
}

function placed(arrow: Arrow, edges: ReadonlyMap<string, ElkExtendedEdge>): PlacedArrow {
  const edge = edges.get(arrow.id);
  const section = edge?.sections?.[0];
  const label = edge?.labels?.[0];
  return {
    ...arrow,
    points: section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [],
    labelAt: label?.x === undefined || label.y === undefined ? null : { x: label.x, y: label.y },
  };
}
