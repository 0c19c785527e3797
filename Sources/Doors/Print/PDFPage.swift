import CPango
import Venture

/// Where the pen is: a surface of A4 pages, with a margin and a running foot. Lengths are points.
final class PDFPage {
  static let width = 595.276
  static let height = 841.89
  static let margin = 56.0
  static let foot = 40.0
  static var textWidth: Double { width - 2 * margin }
  static var bodyHeight: Double { height - 2 * margin - 8 }

  let surface: OpaquePointer
  let context: OpaquePointer
  private let sink: Sink
  private let footText: String
  private(set) var number = 1
  var y = PDFPage.margin

  /// What Cairo writes to.
  private final class Sink { var bytes: [UInt8] = [] }

  init(title: String, date: String, footText: String) throws {
    sink = Sink()
    self.footText = footText
    let target = Unmanaged.passUnretained(sink).toOpaque()
    surface = cairo_pdf_surface_create_for_stream(
      { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue().bytes
          .append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
        return CAIRO_STATUS_SUCCESS
      }, target, Self.width, Self.height)
    context = cairo_create(surface)
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS else {
      throw PrintError(
        "cannot start a PDF document: \(Self.message(cairo_surface_status(surface)))")
    }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Breakeven")
    // The data's date, not the clock's: the same plan prints the same file.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// - Returns: the file.
  func finish() throws -> [UInt8] {
    drawFoot()
    cairo_show_page(context)
    cairo_surface_finish(surface)
    let status = cairo_surface_status(surface)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw PrintError("cannot write the PDF document: \(Self.message(status))")
    }
    return sink.bytes
  }

  /// Begins a page when less than `height` is left on this one.
  func need(_ height: Double) {
    if y + height > Self.height - Self.margin - 8, y > Self.margin { newPage() }
  }

  func newPage() {
    drawFoot()
    cairo_show_page(context)
    number += 1
    y = Self.margin
  }

  func outline(_ title: String) {
    let place = "page=\(number) pos=[\(Self.margin) \(y)]"
    _ = cairo_pdf_surface_add_outline(
      surface, CAIRO_PDF_OUTLINE_ROOT, title, place, CAIRO_PDF_OUTLINE_FLAG_OPEN)
  }

  func ink(_ red: Double, _ green: Double, _ blue: Double) {
    cairo_set_source_rgb(context, red, green, blue)
  }

  private func drawFoot() {
    let text = TextBlock(
      self, markup: footText.escapedForMarkup, size: 8, width: Self.textWidth - 60)
    ink(0.45, 0.48, 0.52)
    text.draw(x: Self.margin, y: Self.height - Self.foot)
    let page = TextBlock(self, markup: "\(number)", size: 8, width: 60, alignment: .right)
    page.draw(x: Self.width - Self.margin - 60, y: Self.height - Self.foot)
  }

  private static func message(_ status: cairo_status_t) -> String {
    String(cString: cairo_status_to_string(status))
  }
}
