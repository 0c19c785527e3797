import CPango
import Venture

/// Draws boxes and `Drawing`s on a page.
struct PDFPen {
  private let page: PDFPage
  private var context: OpaquePointer { page.context }

  init(_ page: PDFPage) { self.page = page }

  func box(
    x: Double, y: Double, width: Double, height: Double, _ colour: (Double, Double, Double)
  ) {
    page.ink(colour.0, colour.1, colour.2)
    cairo_rectangle(context, x, y, width, height)
    cairo_fill(context)
  }

  func rule(x: Double, y: Double, width: Double, _ grey: Double = 0.88) {
    page.ink(grey, grey, grey)
    cairo_set_line_width(context, 0.6)
    cairo_move_to(context, x, y)
    cairo_line_to(context, x + width, y)
    cairo_stroke(context)
  }

  func draw(_ drawing: Drawing, x: Double, y: Double, scale: Double) {
    cairo_save(context)
    defer { cairo_restore(context) }
    cairo_translate(context, x, y)
    cairo_scale(context, scale, scale)
    for shape in drawing.shapes { draw(shape) }
  }

  private func draw(_ shape: Drawing.Shape) {
    switch shape {
    case .line(let points, let ink, let width, let isDashed):
      path(points)
      use(ink)
      cairo_set_line_width(context, width)
      let dashes: [Double] = isDashed ? [4, 3] : []
      cairo_set_dash(context, dashes, Int32(dashes.count), 0)
      cairo_stroke(context)
      cairo_set_dash(context, [], 0, 0)
    case .area(let points, let ink):
      path(points)
      use(ink)
      cairo_close_path(context)
      cairo_fill(context)
    case .circle(let center, let radius, let ink, _):
      cairo_new_sub_path(context)
      cairo_arc(context, center.x, center.y, radius, 0, 2 * Double.pi)
      use(ink)
      cairo_fill(context)
    case .text(let text, let point, let size, let anchor, let ink, let isBold):
      let escaped = text.escapedForMarkup
      let block = TextBlock(
        page, markup: isBold ? "<b>\(escaped)</b>" : escaped, size: size, width: nil)
      let width = block.size.width
      let shift = anchor == .start ? 0 : anchor == .middle ? width / 2 : width
      use(ink)
      block.draw(x: point.x - shift, y: point.y - block.baseline)
    }
  }

  private func path(_ points: [Drawing.Point]) {
    cairo_new_path(context)
    for (index, point) in points.enumerated() {
      if index == 0 {
        cairo_move_to(context, point.x, point.y)
      } else {
        cairo_line_to(context, point.x, point.y)
      }
    }
  }

  private func use(_ ink: Drawing.Ink) {
    let (red, green, blue) = ink.paper
    page.ink(red, green, blue)
  }
}
