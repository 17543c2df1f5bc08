"""JSON Canvas 1.0 ↔ elements.

A board that is written and read back is equal, for every kind, and written again it is the same bytes. What JSON Canvas
cannot say stands under the key `harvestry` of a node or an edge; everything it can say (place, size, words, colour,
order, ends) is read from its own fields, so that a board another program has edited comes back as that program left it.
What a board cannot say of another program's file stays with the element, as `marks` has it, and is written again.
"""

from harvestry.core.jsoncanvas.marks import CanvasError
from harvestry.core.jsoncanvas.reading import MAX_CANVAS_BYTES, CanvasFile, read_canvas
from harvestry.core.jsoncanvas.writing import write_canvas

__all__ = ["MAX_CANVAS_BYTES", "CanvasError", "CanvasFile", "read_canvas", "write_canvas"]
