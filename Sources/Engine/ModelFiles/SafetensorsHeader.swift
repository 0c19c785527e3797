import Tensor

/// What a safetensors header says of one tensor.
struct SafetensorsDeclaration {
  var name: String
  var dtype: String
  var shape: [Int]
  /// Within the data that follows the header.
  var range: Range<Int>

  /// Bytes of an element of each dtype that the format defines.
  /// Source: `Dtype` in safetensors' `tensor.rs`.
  static let elementBytes: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2,
    "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8, "C64": 8,
  ]

  /// The element type, if it is one that this engine computes with.
  var type: ElementType? {
    switch dtype {
    case "F32": .f32
    case "F16": .f16
    case "BF16": .bf16
    default: nil
    }
  }
}

/// Reads a safetensors header and checks it against the size of the data that follows.
struct SafetensorsHeader {
  var declarations: [SafetensorsDeclaration] = []
  var metadata: [String: String] = [:]

  /// - Parameters:
  ///   - header: the JSON text; `base` is its offset in the file.
  ///   - dataBytes: what follows it in the file.
  init(
    _ header: UnsafeRawBufferPointer, base: Int, dataBytes: Int, path: String
  ) throws(ModelFileError) {
    var reader = JSONReader(header, path: path, field: "header", base: base)
    var found: [SafetensorsDeclaration] = []
    var strings: [String: String] = [:]
    try reader.object { (inner: inout JSONReader, key: String) throws(ModelFileError) in
      if key == "__metadata__" {
        try inner.object { (pair: inout JSONReader, name: String) throws(ModelFileError) in
          strings[name] = try pair.string()
        }
      } else {
        found.append(try Self.declaration(key, &inner, dataBytes: dataBytes))
      }
    }
    try reader.end()
    try Self.checkContiguous(found, dataBytes: dataBytes, path: path)
    declarations = found
    metadata = strings
  }

  private static func declaration(
    _ name: String, _ reader: inout JSONReader, dataBytes: Int
  ) throws(ModelFileError) -> SafetensorsDeclaration {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try reader.object { (inner: inout JSONReader, key: String) throws(ModelFileError) in
      switch key {
      case "dtype": dtype = try inner.string()
      case "shape": shape = try counts(&inner, "dimension of \(name)", limit: 8)
      case "data_offsets": offsets = try counts(&inner, "data offset of \(name)", limit: 2)
      default: throw inner.error("has the unknown member \(key) in \(name)")
      }
    }
    guard let dtype, let shape, let offsets, offsets.count == 2 else {
      throw reader.error(
        "lacks dtype, shape or data_offsets of \(name); fetch the file again", code: .missing)
    }
    guard let size = SafetensorsDeclaration.elementBytes[dtype] else {
      throw reader.error(
        "gives \(name) the unknown dtype \(dtype); save the model as F32, F16 or BF16",
        code: .unsupported)
    }
    guard offsets[0] <= offsets[1], offsets[1] <= dataBytes else {
      throw reader.error(
        "gives \(name) the data offsets \(offsets), outside the \(dataBytes) bytes of data; the "
          + "file is damaged or cut short: fetch it again", code: .truncated)
    }
    guard let bytes = product(shape, size), bytes == offsets[1] - offsets[0] else {
      throw reader.error(
        "gives \(name) the shape \(shape) of \(dtype), which is not the "
          + "\(offsets[1] - offsets[0]) bytes of its data offsets; fetch the file again")
    }
    return SafetensorsDeclaration(
      name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func counts(
    _ reader: inout JSONReader, _ what: String, limit: Int
  ) throws(ModelFileError) -> [Int] {
    var result: [Int] = []
    try reader.array(limit: limit) { (inner: inout JSONReader) throws(ModelFileError) in
      result.append(try inner.count(what))
    }
    return result
  }

  private static func product(_ shape: [Int], _ size: Int) -> Int? {
    var result = size
    for dimension in shape {
      let (value, overflow) = result.multipliedReportingOverflow(by: dimension)
      if overflow { return nil }
      result = value
    }
    return result
  }

  /// The data must be covered exactly: no holes, no overlap.
  private static func checkContiguous(
    _ declarations: [SafetensorsDeclaration], dataBytes: Int, path: String
  ) throws(ModelFileError) {
    var end = 0
    let sorted = declarations.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for declaration in sorted {
      guard declaration.range.lowerBound == end else {
        throw ModelFileError(
          .malformed, path: path, field: "data offsets of \(declaration.name)",
          message:
            "start at \(declaration.range.lowerBound), but the tensor before ends at \(end); "
            + "the file is damaged: fetch it again")
      }
      end = declaration.range.upperBound
    }
    guard end == dataBytes else {
      throw ModelFileError(
        .malformed, path: path, field: "header",
        message: "describes \(end) bytes of data, but \(dataBytes) follow; the file is damaged: "
          + "fetch it again")
    }
  }
}
