/// A form of the business plan.
package enum ReportFormat: String, Sendable, CaseIterable {
  case html, pdf, xlsx, csv, json
}

/// A business plan written out.
package struct ReportFile: Sendable {
  package let bytes: [UInt8]
  /// Media type.
  package let type: String
  /// A file's name, with its extension.
  package let name: String

  package init(bytes: [UInt8], type: String, name: String) {
    self.bytes = bytes
    self.type = type
    self.name = name
  }
}

/// Writes the business plan; the pages do not know how, since a PDF needs a room of its own.
package typealias ReportMaker =
  @Sendable (ReportFormat, Language) async throws -> ReportFile
