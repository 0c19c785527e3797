import CPango
import Venture

/// A laid-out text, broken to a width. Markup is Pango's: `<b>`, `<sup>`, `<span foreground>`.
final class TextBlock {
  enum Alignment { case left, center, right }

  static let family = "Noto Sans CJK SC, Noto Sans, DejaVu Sans, sans-serif"
  private let page: PDFPage
  private let layout: OpaquePointer

  init(
    _ page: PDFPage, markup: String, size: Double, width: Double?, alignment: Alignment = .left,
    spacing: Double = 0
  ) {
    self.page = page
    layout = pango_cairo_create_layout(page.context)
    let font = pango_font_description_from_string(Self.family)
    pango_font_description_set_absolute_size(font, size * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, font)
    pango_font_description_free(font)
    if let width { pango_layout_set_width(layout, Int32(max(1, width) * Double(PANGO_SCALE))) }
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    pango_layout_set_spacing(layout, Int32(spacing * Double(PANGO_SCALE)))
    switch alignment {
    case .left: break
    case .center: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
    case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
    }
    pango_layout_set_markup(layout, markup, -1)
  }

  deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

  var size: (width: Double, height: Double) {
    var (width, height): (Int32, Int32) = (0, 0)
    pango_layout_get_size(layout, &width, &height)
    return (Double(width) / Double(PANGO_SCALE), Double(height) / Double(PANGO_SCALE))
  }

  var baseline: Double { Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE) }

  /// In one piece.
  func draw(x: Double, y: Double) {
    cairo_move_to(page.context, x, y)
    pango_cairo_show_layout(page.context, layout)
  }

  /// Heights of its lines.
  var lines: [Double] {
    (0..<Int(pango_layout_get_line_count(layout))).map { number in
      var box = PangoRectangle()
      pango_layout_line_get_extents(
        pango_layout_get_line_readonly(layout, Int32(number)), nil, &box)
      return Double(box.height) / Double(PANGO_SCALE)
    }
  }

  /// One line with its top at `y`; nothing when there is no such line.
  func draw(line number: Int, x: Double, y: Double) {
    guard let line = pango_layout_get_line_readonly(layout, Int32(number)) else { return }
    var box = PangoRectangle()
    pango_layout_line_get_extents(line, nil, &box)
    // Extents are from the baseline: what is above it is negative.
    cairo_move_to(page.context, x, y - Double(box.y) / Double(PANGO_SCALE))
    pango_cairo_show_layout_line(page.context, line)
  }

  /// Line by line from the pen's place, over as many pages as it takes.
  func flow(
    x: Double, ink: (Double, Double, Double) = (0.11, 0.13, 0.16), first: (() -> Void)? = nil
  ) {
    let lines = pango_layout_get_iter(layout)
    defer { pango_layout_iter_free(lines) }
    var first = first
    repeat {
      var box = PangoRectangle()
      pango_layout_iter_get_line_extents(lines, nil, &box)
      let height = Double(box.height) / Double(PANGO_SCALE)
      let rise = Double(pango_layout_iter_get_baseline(lines) - box.y) / Double(PANGO_SCALE)
      page.need(height)
      first?()
      first = nil
      page.ink(ink.0, ink.1, ink.2)
      cairo_move_to(page.context, x + Double(box.x) / Double(PANGO_SCALE), page.y + rise)
      pango_cairo_show_layout_line(page.context, pango_layout_iter_get_line_readonly(lines))
      page.y += height + Double(pango_layout_get_spacing(layout)) / Double(PANGO_SCALE)
    } while pango_layout_iter_next_line(lines) != 0
  }
}
