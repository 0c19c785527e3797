import Tensor

/// Reads the header of a GGUF file: a single pass over untrusted bytes.
struct GGUFParser {
  struct Contents {
    var version: UInt32 = 0
    var alignment = 32
    var metadata: [String: GGUFValue] = [:]
    var keys: [String] = []
    var tensors: [GGUFTensor] = []
    var index: [String: Int] = [:]
  }

  /// What a header says of one tensor, before the start of the data is known.
  private struct Declaration {
    var name: String
    var type: ElementType
    var shape: [Int]
    var byteCount: Int
    var offset: UInt64
    /// Where the declaration's offset field lies in the file, for errors.
    var position: Int
  }

  static let magic: UInt32 = 0x4655_4747  // "GGUF"
  /// Fewest bytes of a key-value pair: length, type, a one-byte value.
  private static let smallestPair = 8 + 4 + 1
  /// Fewest bytes of a tensor's declaration: length, dimension count, type, offset.
  private static let smallestTensor = 8 + 4 + 4 + 8

  let file: MappedFile
  var reader: ByteReader

  init(file: MappedFile) {
    self.file = file
    reader = ByteReader(file.bytes, path: file.path)
  }

  mutating func parse() throws(ModelFileError) -> Contents {
    var contents = Contents()
    contents.version = try parseVersion()
    let tensorCount = try reader.count(minimumBytes: Self.smallestTensor, "tensor count")
    let pairCount = try reader.count(minimumBytes: Self.smallestPair, "metadata count")
    for pair in 0..<pairCount { try parsePair(pair, into: &contents) }
    contents.alignment = try parseAlignment(contents)
    var declarations: [Declaration] = []
    for tensor in 0..<tensorCount {
      let declaration = try parseTensor(tensor)
      guard contents.index.updateValue(tensor, forKey: declaration.name) == nil else {
        throw error(
          .duplicate, "tensor \(declaration.name)",
          "is declared twice; the file is damaged: convert the model again")
      }
      declarations.append(declaration)
    }
    contents.tensors = try place(declarations, alignment: contents.alignment)
    return contents
  }

  private mutating func parseVersion() throws(ModelFileError) -> UInt32 {
    let found = try reader.integer(UInt32.self, "magic number")
    guard found == Self.magic else {
      throw error(
        .malformed, "magic number", "is not that of GGUF; name a .gguf model file", at: 0)
    }
    let version = try reader.integer(UInt32.self, "version")
    guard version == 2 || version == 3 else {
      let swapped = version.byteSwapped
      let kind = swapped == 2 || swapped == 3 ? "of a big-endian file" : "\(version)"
      throw error(
        .unsupported, "version",
        "is \(kind), but versions 2 and 3 (little-endian) are read; convert the model again", at: 4)
    }
    return version
  }

  // MARK: Metadata

  private mutating func parsePair(
    _ number: Int, into contents: inout Contents
  ) throws(ModelFileError) {
    let start = reader.offset
    let key = try reader.string(
      limit: ModelFileLimits.nameBytes, "key of metadata pair \(number)")
    let type = try parseValueType("type of \(key)")
    let value = try parseValue(type, key)
    guard contents.metadata.updateValue(value, forKey: key) == nil else {
      throw error(
        .duplicate, "metadata key \(key)", "occurs twice; convert the model again", at: start)
    }
    contents.keys.append(key)
  }

  private mutating func parseValueType(
    _ field: @autoclosure () -> String
  ) throws(ModelFileError) -> GGUFValueType {
    let start = reader.offset
    let number = try reader.integer(UInt32.self, field())
    guard let type = GGUFValueType(rawValue: number) else {
      throw error(
        .unsupported, field(), "is \(number), which no GGUF version defines; the file is damaged",
        at: start)
    }
    return type
  }

  private mutating func parseValue(
    _ type: GGUFValueType, _ key: String
  ) throws(ModelFileError) -> GGUFValue {
    switch type {
    case .uint8: .uint8(try reader.integer(UInt8.self, key))
    case .int8: .int8(try reader.integer(Int8.self, key))
    case .uint16: .uint16(try reader.integer(UInt16.self, key))
    case .int16: .int16(try reader.integer(Int16.self, key))
    case .uint32: .uint32(try reader.integer(UInt32.self, key))
    case .int32: .int32(try reader.integer(Int32.self, key))
    case .uint64: .uint64(try reader.integer(UInt64.self, key))
    case .int64: .int64(try reader.integer(Int64.self, key))
    case .float32: .float32(Float(bitPattern: try reader.integer(UInt32.self, key)))
    case .float64: .float64(Double(bitPattern: try reader.integer(UInt64.self, key)))
    case .bool: .bool(try bools(1, key)[0])
    case .string: .string(try reader.string(limit: ModelFileLimits.stringBytes, key))
    case .array: .array(try parseArray(key, depth: 1))
    }
  }

  private mutating func parseArray(_ key: String, depth: Int) throws(ModelFileError) -> GGUFArray {
    guard depth <= ModelFileLimits.arrayDepth else {
      throw error(
        .limit, key, "nests arrays deeper than \(ModelFileLimits.arrayDepth); the file is hostile")
    }
    let type = try parseValueType("element type of \(key)")
    let count = try reader.count(minimumBytes: type.smallestSize, "length of array \(key)")
    switch type {
    case .uint8: return .uint8s(try reader.elements(UInt8.self, count: count, key))
    case .int8: return .int8s(try reader.elements(Int8.self, count: count, key))
    case .uint16: return .uint16s(try reader.elements(UInt16.self, count: count, key))
    case .int16: return .int16s(try reader.elements(Int16.self, count: count, key))
    case .uint32: return .uint32s(try reader.elements(UInt32.self, count: count, key))
    case .int32: return .int32s(try reader.elements(Int32.self, count: count, key))
    case .uint64: return .uint64s(try reader.elements(UInt64.self, count: count, key))
    case .int64: return .int64s(try reader.elements(Int64.self, count: count, key))
    case .float32: return .floats(try reader.elements(Float.self, count: count, key))
    case .float64: return .doubles(try reader.elements(Double.self, count: count, key))
    case .bool: return .bools(try bools(count, key))
    case .string:
      return .strings(try GGUFStrings(&reader, of: file, count: count, field: key))
    case .array:
      var arrays: [GGUFArray] = []
      arrays.reserveCapacity(count)
      for _ in 0..<count { arrays.append(try parseArray(key, depth: depth + 1)) }
      return .arrays(arrays)
    }
  }

  private mutating func bools(_ count: Int, _ key: String) throws(ModelFileError) -> [Bool] {
    let start = reader.offset
    let bytes = try reader.elements(UInt8.self, count: count, key)
    if let bad = bytes.firstIndex(where: { $0 > 1 }) {
      throw error(
        .malformed, key, "is a boolean of \(bytes[bad]), not 0 or 1; the file is damaged",
        at: start + bad)
    }
    return bytes.map { $0 == 1 }
  }

  private func parseAlignment(_ contents: Contents) throws(ModelFileError) -> Int {
    guard let value = contents.metadata["general.alignment"] else { return 32 }
    guard let alignment = value.asInt, alignment >= 8, alignment <= ModelFileLimits.alignment,
      alignment & (alignment - 1) == 0
    else {
      throw error(
        .malformed, "general.alignment",
        "should be a power of two from 8 to \(ModelFileLimits.alignment), but is "
          + "\(value.asInt.map(String.init) ?? value.typeName); the file is damaged", at: nil)
    }
    return alignment
  }

  // MARK: Tensors

  private mutating func parseTensor(_ number: Int) throws(ModelFileError) -> Declaration {
    let name = try reader.string(limit: ModelFileLimits.nameBytes, "name of tensor \(number)")
    let field = "tensor \(name)"
    var start = reader.offset
    let dimensions = try reader.integer(UInt32.self, "dimension count of \(field)")
    guard dimensions <= ModelFileLimits.dimensions else {
      throw error(
        .limit, "dimension count of \(field)",
        "is \(dimensions), over the limit of \(ModelFileLimits.dimensions); the file is damaged",
        at: start)
    }
    var shape: [Int] = []
    for dimension in 0..<dimensions {
      start = reader.offset
      let size = try reader.integer(UInt64.self, "dimension \(dimension) of \(field)")
      guard size > 0, size <= UInt64(ModelFileLimits.dimension) else {
        throw error(
          .limit, "dimension \(dimension) of \(field)",
          "is \(size), outside 1...\(ModelFileLimits.dimension); the file is damaged", at: start)
      }
      shape.append(Int(size))
    }
    shape.reverse()
    start = reader.offset
    let number = try reader.integer(UInt32.self, "element type of \(field)")
    guard let type = ElementType(rawValue: .init(number)) else {
      throw error(
        .unsupported, "element type of \(field)",
        "is \(GGMLTypeNames.name(number)), which is not supported; quantise the model as Q4_K_M, "
          + "Q4_0, Q4_1 or Q8_0", at: start)
    }
    let byteCount = try byteCount(shape, type, field, at: start)
    start = reader.offset
    let offset = try reader.integer(UInt64.self, "offset of \(field)")
    return Declaration(
      name: name, type: type, shape: shape, byteCount: byteCount, offset: offset, position: start)
  }

  private func byteCount(
    _ shape: [Int], _ type: ElementType, _ field: String, at position: Int
  ) throws(ModelFileError) -> Int {
    var elements = 1
    for size in shape {
      let (product, overflow) = elements.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw error(
          .limit, "shape of \(field)", "\(shape) overflows; the file is hostile", at: position)
      }
      elements = product
    }
    guard (shape.last ?? 1).isMultiple(of: type.blockSize),
      let bytes = type.byteCount(elements: elements)
    else {
      throw error(
        .malformed, "shape of \(field)",
        "\(shape) does not divide into blocks of \(type.blockSize) elements of \(type); the file "
          + "is damaged", at: position)
    }
    return bytes
  }

  /// Finds each tensor's bytes; none may be misaligned, beyond the file's end or over another.
  private func place(
    _ declarations: [Declaration], alignment: Int
  ) throws(ModelFileError) -> [GGUFTensor] {
    // The header ends inside the file and the alignment is small: the sum cannot overflow.
    let dataStart = (reader.offset + alignment - 1) & ~(alignment - 1)
    var tensors: [GGUFTensor] = []
    tensors.reserveCapacity(declarations.count)
    for declaration in declarations {
      let field = "offset of tensor \(declaration.name)"
      guard declaration.offset.isMultiple(of: UInt64(alignment)) else {
        throw error(
          .malformed, field,
          "is \(declaration.offset), not a multiple of the alignment \(alignment); the file is "
            + "damaged", at: declaration.position)
      }
      let available = file.bytes.count - dataStart
      guard available >= declaration.byteCount,
        declaration.offset <= UInt64(available - declaration.byteCount)
      else {
        throw error(
          .truncated, field,
          "is \(declaration.offset) with \(declaration.byteCount) bytes, beyond the file's end; "
            + "the file is cut short: fetch it again", at: declaration.position)
      }
      let start = dataStart + Int(declaration.offset)
      tensors.append(
        GGUFTensor(
          name: declaration.name, type: declaration.type, shape: declaration.shape,
          bytes: .init(rebasing: file.bytes[start..<start + declaration.byteCount]),
          offset: start, owner: file))
    }
    try refuseOverlap(tensors)
    return tensors
  }

  private func refuseOverlap(_ tensors: [GGUFTensor]) throws(ModelFileError) {
    let sorted = tensors.sorted { $0.offset < $1.offset }
    for (first, second) in zip(sorted, sorted.dropFirst())
    where second.offset < first.offset + first.bytes.count {
      throw error(
        .malformed, "tensor \(second.name)",
        "overlaps tensor \(first.name); the file is damaged: fetch it again", at: second.offset)
    }
  }

  private func error(
    _ code: ModelFileError.Code, _ field: String, _ message: String
  ) -> ModelFileError {
    error(code, field, message, at: reader.offset)
  }

  private func error(
    _ code: ModelFileError.Code, _ field: String, _ message: String, at offset: Int?
  ) -> ModelFileError {
    ModelFileError(code, path: file.path, field: field, offset: offset, message: message)
  }
}

extension GGUFValueType {
  /// Fewest bytes that a value of the type takes in a file.
  fileprivate var smallestSize: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64, .string: 8
    case .array: 12
    }
  }
}
