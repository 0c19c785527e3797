/// An array of strings of GGUF metadata. Those of a file stay there until they are asked for: a
/// vocabulary has many, and who opens a file need not make them.
package struct GGUFStrings: RandomAccessCollection, ExpressibleByArrayLiteral, Sendable {
  private enum Storage {
    case given([String])
    /// Where each text begins, and where one after the last would: between two texts lies the
    /// second one's length.
    case stored(MappedFile, starts: [Int])
  }

  private static let lengthBytes = MemoryLayout<UInt64>.size
  private let storage: Storage

  package init(_ strings: [String]) { storage = .given(strings) }
  package init(arrayLiteral strings: String...) { storage = .given(strings) }

  /// The `count` strings that `reader` comes to, each checked.
  init(
    _ reader: inout ByteReader, of file: MappedFile, count: Int, field: String
  ) throws(ModelFileError) {
    var starts: [Int] = []
    starts.reserveCapacity(count + 1)
    for number in 0..<count {
      let text = try reader.text(limit: ModelFileLimits.stringBytes, "\(field)[\(number)]")
      starts.append(text.lowerBound)
    }
    starts.append(reader.offset + Self.lengthBytes)
    storage = .stored(file, starts: starts)
  }

  package var startIndex: Int { 0 }

  package var endIndex: Int {
    switch storage {
    case .given(let strings): strings.count
    case .stored(_, let starts): starts.count - 1
    }
  }

  package subscript(index: Int) -> String {
    switch storage {
    case .given(let strings):
      return strings[index]
    case .stored(let file, let starts):
      let text = starts[index]..<starts[index + 1] - Self.lengthBytes
      return String(decoding: file.bytes[text], as: UTF8.self)
    }
  }
}

extension GGUFStrings: Equatable {
  package static func == (a: Self, b: Self) -> Bool { a.elementsEqual(b) }
}
