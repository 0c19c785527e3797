/// Printed pages: a `ReportDocument` as PDF, set by Pango (line breaking, Chinese and Latin fonts)
/// and written by Cairo with its fonts embedded. Start at `PDFPrinter`. Nothing above knows Cairo.
package enum Print {}

/// Why a document could not be printed.
package struct PrintError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
