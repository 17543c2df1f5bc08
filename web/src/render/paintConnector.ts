/** Connectors: a line that follows its ends, an arrow head, and a label on the ground of a pill. */

import type { Painter } from './painter.ts';
import type { Route } from './route.ts';
import { type KeptRoute, LABEL_HEIGHT, LONGEST_LABEL } from './routes.ts';
import { ellipsis, isRtl } from './text.ts';

const WIDTH = 1.8;
const HEAD_LENGTH = 10;
const HEAD_HALF_WIDTH = 5;
const LABEL_SIZE = 13;
const LABEL_WEIGHT = 560;
const LEAST_LABEL_ZOOM = 0.6;
const LEAST_WIDTH_PX = 1.2;
const LEAST_HEAD_PX = 7;

/** The line. It lies under the elements. */
export function paintConnector(painter: Painter, kept: KeptRoute): void {
  const { ctx, theme } = painter;
  kept.path ??= pathOf(kept.route);
  ctx.strokeStyle = theme.color['ink-soft'];
  ctx.lineWidth = Math.max(WIDTH, painter.pixel * LEAST_WIDTH_PX);
  ctx.lineJoin = 'round';
  ctx.stroke(kept.path);
  ctx.lineJoin = 'miter';
}

/** The arrow head. It lies over the elements, because it says what the line means. */
export function paintArrow(painter: Painter, kept: KeptRoute): void {
  const { ctx, theme } = painter;
  const { line, angle } = kept.route;
  const x = line[line.length - 2] ?? 0;
  const y = line[line.length - 1] ?? 0;
  const size = Math.max(1, (LEAST_HEAD_PX * painter.pixel) / HEAD_LENGTH);
  const cos = Math.cos(angle) * size;
  const sin = Math.sin(angle) * size;
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

/** The words of a connector, on the ground of a pill. They keep their size on screen until the notes have lost their words too. */
export function paintLabel(painter: Painter, kept: KeptRoute): void {
  const { ctx, theme, zoom } = painter;
  const { label } = kept.connector;
  if (label === '' || zoom < LEAST_LABEL_ZOOM) return;
  const text = ellipsis(label, LONGEST_LABEL, LABEL_WEIGHT, LABEL_SIZE, painter.text.measurer);
  const w = text.width + 20;
  painter.within(kept.route.labelX, kept.route.labelY, Math.max(1, painter.pixel), () => {
    ctx.beginPath();
    ctx.roundRect(-w / 2, -LABEL_HEIGHT / 2, w, LABEL_HEIGHT, LABEL_HEIGHT / 2);
    ctx.fillStyle = theme.color.surface;
    ctx.fill();
    ctx.strokeStyle = theme.color['line-strong'];
    ctx.lineWidth = painter.contrast ? 2 : 1.2;
    ctx.stroke();
    ctx.fillStyle = theme.color.ink;
    painter.font(LABEL_WEIGHT, LABEL_SIZE);
    painter.line(text.text, -text.width / 2, 4.5, isRtl(text.text));
  });
}
