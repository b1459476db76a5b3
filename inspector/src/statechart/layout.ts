/** Where the boxes and arrows of a scene go: laid out by elk in a worker, once; nothing moves afterwards. */
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import ELK from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';
import type { Arrow, Box, Scene } from './scene.ts';

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
const STATE_HEIGHT = 30;
const LABEL_HEIGHT = 13;

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.componentComponent': '20',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

const PADDING = { 'elk.padding': `[top=${TITLE_HEIGHT + 8},left=12,bottom=12,right=12]` };

/** Lays a scene out. @param measure the width of a text in pixels */
export async function layOut(scene: Scene, measure: (text: string) => number): Promise<Drawing> {
  const elk = new ELK({ workerFactory: () => new Worker(new URL(workerUrl, import.meta.url)) });
  try {
    const graph = await elk.layout({
      id: 'root',
      layoutOptions: OPTIONS,
      children: scene.boxes.map((box) => nodeOf(box, measure)),
      edges: scene.arrows.map((arrow) => edgeOf(arrow, measure)),
    });
    return drawingOf(scene, graph);
  } finally {
    elk.terminateWorker();
  }
}

function nodeOf(box: Box, measure: (text: string) => number): ElkNode {
  const width = Math.ceil(measure(box.title)) + 30;
  if (box.boxes.length === 0) return { id: box.id, width, height: STATE_HEIGHT };
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
  const width = Math.ceil(measure(label) * 0.85) + 4;
  const labels = label === '' ? [] : [{ text: label, width, height: LABEL_HEIGHT }];
  return { id, sources: [from], targets: [to], labels };
}

function drawingOf(scene: Scene, graph: ElkNode): Drawing {
  const places = new Map<string, ElkNode>();
  const note = (node: ElkNode): void => {
    places.set(node.id, node);
    node.children?.forEach(note);
  };
  note(graph);
  const boxes: PlacedBox[] = [];
  const place = (box: Box, depth: number): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = places.get(box.id) ?? {};
    boxes.push({ ...box, x, y, width, height, depth });
    for (const each of box.boxes) place(each, depth + 1);
  };
  for (const box of scene.boxes) place(box, 0);
  const edges = new Map((graph.edges ?? []).map((edge) => [edge.id, edge]));
  const arrows = scene.arrows.map((arrow): PlacedArrow => {
    const edge = edges.get(arrow.id);
    const section = edge?.sections?.[0];
    const label = edge?.labels?.[0];
    return {
      ...arrow,
      points: section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : [],
      labelAt: label?.x === undefined || label.y === undefined ? null : { x: label.x, y: label.y },
    };
  });
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, arrows };
}
