/**
 * A QR code from the server, drawn as our own SVG.
 *
 * Our content security policy allows no image but the server's own files, and the code needs the host's token to be fetched, so it
 * cannot be an `<img>`. Only shapes are taken from the answer, never markup.
 */

export interface QrDrawing {
  readonly viewBox: string;
  readonly paths: readonly { readonly d: string; readonly transform: string }[];
}

/** Null for anything that is not an SVG with paths. */
export function parseQr(svgText: string): QrDrawing | null {
  const svg = new DOMParser().parseFromString(svgText, 'image/svg+xml').documentElement;
  if (svg.localName !== 'svg') return null;
  const width = Number.parseFloat(svg.getAttribute('width') ?? '');
  const height = Number.parseFloat(svg.getAttribute('height') ?? '');
  const viewBox = svg.getAttribute('viewBox') ?? (width > 0 && height > 0 ? `0 0 ${width} ${height}` : null);
  const paths = [...svg.getElementsByTagName('path')]
    // A background square has a fill; the modules are strokes, or the one path of a fill-only drawing.
    .filter((path, _, all) => all.length === 1 || path.hasAttribute('stroke'))
    .map((path) => ({ d: path.getAttribute('d') ?? '', transform: transformOf(path) }));
  return viewBox === null || paths.length === 0 ? null : { viewBox, paths };
}

/** The transforms of a shape and of the groups it lies in, outermost first, as SVG applies them. */
function transformOf(shape: Element): string {
  const own = shape.getAttribute('transform') ?? '';
  const outer = shape.parentElement === null ? '' : transformOf(shape.parentElement);
  return `${outer} ${own}`.trim();
}

export function QrCode({ drawing, label }: { readonly drawing: QrDrawing; readonly label: string }) {
  return (
    <svg class="qr" viewBox={drawing.viewBox} role="img" aria-label={label} shape-rendering="crispEdges">
      {drawing.paths.map((path) => (
        <path key={path.d} d={path.d} {...(path.transform === '' ? {} : { transform: path.transform })} />
      ))}
    </svg>
  );
}
