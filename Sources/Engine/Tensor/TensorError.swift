/// Why a tensor cannot be made. `message` names the field and the remedy.
package struct TensorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An extensible set of reasons.
  package struct Code: Sendable, Equatable {
    package let name: String

    /// A dimension is negative or too large.
    package static let invalidDimension = Code(name: "invalidDimension")
    /// A row's length is not a multiple of the type's block.
    package static let partialBlock = Code(name: "partialBlock")
    /// The bytes given are not as many as shape and type ask for.
    package static let wrongByteCount = Code(name: "wrongByteCount")
    /// The system has no memory for it.
    package static let outOfMemory = Code(name: "outOfMemory")
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code.name): \(message)" }
}
