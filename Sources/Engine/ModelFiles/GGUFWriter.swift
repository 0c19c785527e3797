package import Tensor

/// Writes GGUF version 3: metadata in the order it was set, then tensors in the order they were added.
package struct GGUFWriter {
  private struct Entry {
    var name: String
    var type: ElementType
    var shape: [Int]
    var bytes: [UInt8]
  }

  private let alignment: Int
  private var pairs: [(key: String, value: GGUFValue)] = []
  private var entries: [Entry] = []

  /// - Parameter alignment: of tensor data, a power of two of 8 bytes or more; written as
  ///   `general.alignment` when it is not the format's default of 32.
  package init(alignment: Int = 32) {
    precondition(alignment >= 8 && alignment & (alignment - 1) == 0)
    self.alignment = alignment
    if alignment != 32 { set("general.alignment", .uint32(UInt32(alignment))) }
  }

  /// Sets a key, replacing its value if it is there.
  package mutating func set(_ key: String, _ value: GGUFValue) {
    if let index = pairs.firstIndex(where: { $0.key == key }) {
      pairs[index].value = value
    } else {
      pairs.append((key, value))
    }
  }

  /// Adds a tensor; `shape` is row-major and `bytes` hold exactly its elements.
  package mutating func add(_ name: String, type: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(shape.count <= ModelFileLimits.dimensions)
    precondition(type.byteCount(elements: shape.reduce(1, *)) == bytes.count)
    entries.append(Entry(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// Adds a tensor of f32 values.
  package mutating func add(_ name: String, shape: [Int], floats: [Float]) {
    let bytes = floats.withUnsafeBytes { [UInt8]($0) }
    add(name, type: .f32, shape: shape, bytes: bytes)
  }

  /// The whole file.
  package func encoded() -> [UInt8] {
    var output = ByteWriter()
    output.integer(GGUFParser.magic)
    output.integer(UInt32(3))
    output.integer(UInt64(entries.count))
    output.integer(UInt64(pairs.count))
    for (key, value) in pairs {
      output.string(key)
      output.value(value)
    }
    var offset = 0
    for entry in entries {
      output.string(entry.name)
      output.integer(UInt32(entry.shape.count))
      for size in entry.shape.reversed() { output.integer(UInt64(size)) }
      output.integer(UInt32(entry.type.rawValue))
      output.integer(UInt64(offset))
      offset = aligned(offset + entry.bytes.count)
    }
    for entry in entries {
      output.pad(to: alignment)
      output.bytes += entry.bytes
    }
    output.pad(to: alignment)
    return output.bytes
  }

  /// Writes the file beside `path` and renames it into place, so that a reader never sees half of it.
  package func write(to path: String) throws(ModelFileError) {
    try AtomicFile.write(encoded(), to: path)
  }

  private func aligned(_ offset: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }
}

/// Appends little-endian values to a byte array.
private struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func integer<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func string(_ text: String) {
    integer(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  mutating func pad(to alignment: Int) {
    while !bytes.count.isMultiple(of: alignment) { bytes.append(0) }
  }

  mutating func value(_ value: GGUFValue) {
    switch value {
    case .uint8(let v): scalar(.uint8, v)
    case .int8(let v): scalar(.int8, v)
    case .uint16(let v): scalar(.uint16, v)
    case .int16(let v): scalar(.int16, v)
    case .uint32(let v): scalar(.uint32, v)
    case .int32(let v): scalar(.int32, v)
    case .uint64(let v): scalar(.uint64, v)
    case .int64(let v): scalar(.int64, v)
    case .float32(let v): scalar(.float32, v.bitPattern)
    case .float64(let v): scalar(.float64, v.bitPattern)
    case .bool(let v): scalar(.bool, UInt8(v ? 1 : 0))
    case .string(let v):
      integer(GGUFValueType.string.rawValue)
      string(v)
    case .array(let v):
      integer(GGUFValueType.array.rawValue)
      array(v)
    }
  }

  private mutating func scalar<T: FixedWidthInteger>(_ type: GGUFValueType, _ value: T) {
    integer(type.rawValue)
    integer(value)
  }

  private mutating func array(_ array: GGUFArray) {
    integer(array.elementType.rawValue)
    integer(UInt64(array.count))
    switch array {
    case .uint8s(let v): bytes += v
    case .int8s(let v): for x in v { integer(x) }
    case .uint16s(let v): for x in v { integer(x) }
    case .int16s(let v): for x in v { integer(x) }
    case .uint32s(let v): for x in v { integer(x) }
    case .int32s(let v): for x in v { integer(x) }
    case .uint64s(let v): for x in v { integer(x) }
    case .int64s(let v): for x in v { integer(x) }
    case .floats(let v): for x in v { integer(x.bitPattern) }
    case .doubles(let v): for x in v { integer(x.bitPattern) }
    case .bools(let v): for x in v { integer(UInt8(x ? 1 : 0)) }
    case .strings(let v): for x in v { string(x) }
    case .arrays(let v): for x in v { self.array(x) }
    }
  }
}
