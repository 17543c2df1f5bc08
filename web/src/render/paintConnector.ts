/** Connectors: a line that follows its ends, an arrow head, and a label on the ground of a pill. */

import type { KeptRoute, Route } from './connector.ts';
import { LEGIBLE_PX } from './measures.ts';
import type { Painter } from './painter.ts';
import { ellipsis, isRtl } from './text.ts';

const WIDTH = 1.8;
const HEAD_LENGTH = 10;
const HEAD_HALF_WIDTH = 5;
const LABEL_SIZE = 13;
const LABEL_WEIGHT = 560;
const LABEL_HEIGHT = 22;
const LONGEST_LABEL = 220;

export function paintConnector(painter: Painter, kept: KeptRoute): void {
  const { ctx, theme } = painter;
  const { route } = kept;
  kept.path ??= pathOf(route);
  ctx.strokeStyle = theme.color['ink-soft'];
  ctx.lineWidth = Math.max(WIDTH, painter.pixel);
  ctx.lineJoin = 'round';
  ctx.stroke(kept.path);
  ctx.lineJoin = 'miter';
  const { line, angle } = route;
  const x = line[line.length - 2] ?? 0;
  const y = line[line.length - 1] ?? 0;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x - HEAD_LENGTH * cos - HEAD_HALF_WIDTH * sin, y - HEAD_LENGTH * sin + HEAD_HALF_WIDTH * cos);
  ctx.lineTo(x - HEAD_LENGTH * cos + HEAD_HALF_WIDTH * sin, y - HEAD_LENGTH * sin - HEAD_HALF_WIDTH * cos);
  ctx.closePath();
  ctx.fillStyle = theme.color['ink-soft'];
  ctx.fill();
}

function pathOf(route: Route): Path2D {
  const path = new Path2D();
  const { line, cubic } = route;
  // The line stops inside the head, so that its square end does not show beside the point.
  const back = HEAD_LENGTH - 2;
  const cos = Math.cos(route.angle) * back;
  const sin = Math.sin(route.angle) * back;
  path.moveTo(line[0] ?? 0, line[1] ?? 0);
  if (cubic !== null) {
    const [, , bx = 0, by = 0, cx = 0, cy = 0, dx = 0, dy = 0] = cubic;
    path.bezierCurveTo(bx, by, cx, cy, dx - cos, dy - sin);
    return path;
  }
  for (let index = 2; index + 1 < line.length; index += 2) {
    const last = index + 3 >= line.length;
    path.lineTo((line[index] ?? 0) - (last ? cos : 0), (line[index + 1] ?? 0) - (last ? sin : 0));
  }
  return path;
}

/** The words of a connector. They lie over the elements, where the line may run under them. */
export function paintLabel(painter: Painter, kept: KeptRoute): void {
  const { ctx, theme, zoom } = painter;
  const { route } = kept;
  const { label } = kept.connector;
  if (label === '' || LABEL_SIZE * zoom < LEGIBLE_PX) return;
  const text = ellipsis(label, LONGEST_LABEL, LABEL_WEIGHT, LABEL_SIZE, painter.text.measurer);
  const w = text.width + 20;
  ctx.beginPath();
  ctx.roundRect(route.labelX - w / 2, route.labelY - LABEL_HEIGHT / 2, w, LABEL_HEIGHT, LABEL_HEIGHT / 2);
  ctx.fillStyle = theme.color.surface;
  ctx.fill();
  ctx.strokeStyle = theme.color['line-strong'];
  ctx.lineWidth = Math.max(1, painter.pixel);
  ctx.stroke();
  ctx.fillStyle = theme.color.ink;
  painter.font(LABEL_WEIGHT, LABEL_SIZE);
  painter.line(text.text, route.labelX - text.width / 2, route.labelY + 4.5, isRtl(text.text));
}
