/// Why a model file was refused: what was wrong, where, and what to do about it.
package struct ModelFileError: Error, Equatable, CustomStringConvertible {
  /// An extensible code: a new case breaks nobody.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }

    /// The file cannot be opened, read or written.
    package static let unreadable = Code("unreadable")
    /// The file ends before the field does.
    package static let truncated = Code("truncated")
    /// The bytes break the format's rules.
    package static let malformed = Code("malformed")
    /// A size is over what this reader accepts.
    package static let limit = Code("limit")
    /// Valid, but of a kind that is not supported.
    package static let unsupported = Code("unsupported")
    /// A name that occurs twice.
    package static let duplicate = Code("duplicate")
    /// A key or tensor that is needed is not there.
    package static let missing = Code("missing")
    /// A key's value is of another type.
    package static let wrongType = Code("wrong-type")
    /// A tensor's shape is not what the architecture says.
    package static let wrongShape = Code("wrong-shape")
  }

  package var code: Code
  /// The file, or the folder of a model in several files.
  package var path: String
  /// The field, key or tensor concerned.
  package var field: String
  /// Offset of the field from the file's start, bytes, where known.
  package var offset: Int?
  /// What is wrong, followed by what to do.
  package var message: String

  package init(_ code: Code, path: String, field: String, offset: Int? = nil, message: String) {
    self.code = code
    self.path = path
    self.field = field
    self.offset = offset
    self.message = message
  }

  package var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(path): \(field)\(place): \(message)"
  }
}
