/// A value of GGUF metadata, with the exact type it has in the file, so that a file read and written
/// again is equal.
package enum GGUFValue: Sendable, Equatable {
  case uint8(UInt8), int8(Int8), uint16(UInt16), int16(Int16)
  case uint32(UInt32), int32(Int32), uint64(UInt64), int64(Int64)
  case float32(Float), float64(Double)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)
}

/// An array of GGUF metadata, stored compactly: a vocabulary of 256 thousand strings is one
/// `GGUFStrings`.
package indirect enum GGUFArray: Sendable, Equatable {
  case uint8s([UInt8]), int8s([Int8]), uint16s([UInt16]), int16s([Int16])
  case uint32s([UInt32]), int32s([Int32]), uint64s([UInt64]), int64s([Int64])
  case floats([Float]), doubles([Double])
  case bools([Bool])
  case strings(GGUFStrings)
  /// Arrays in an array.
  case arrays([GGUFArray])
}

/// The numbers by which the file names the types of values.
enum GGUFValueType: UInt32 {
  case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64
  case float64
}

extension GGUFValue {
  /// The value as an integer, if it is one (of any width, or a float without a fraction is not).
  package var asInt: Int? {
    switch self {
    case .uint8(let v): Int(v)
    case .int8(let v): Int(v)
    case .uint16(let v): Int(v)
    case .int16(let v): Int(v)
    case .uint32(let v): Int(v)
    case .int32(let v): Int(v)
    case .uint64(let v): Int(exactly: v)
    case .int64(let v): Int(v)
    default: nil
    }
  }

  /// The value as a number: a float of any width or an integer.
  package var asDouble: Double? {
    switch self {
    case .float32(let v): Double(v)
    case .float64(let v): v
    default: asInt.map(Double.init)
    }
  }

  package var asBool: Bool? {
    if case .bool(let v) = self { v } else { nil }
  }

  package var asString: String? {
    if case .string(let v) = self { v } else { nil }
  }

  package var asStrings: [String]? {
    if case .array(.strings(let v)) = self { Array(v) } else { nil }
  }

  package var asFloats: [Float]? {
    switch self {
    case .array(.floats(let v)): v
    case .array(.doubles(let v)): v.map { Float($0) }
    default: nil
    }
  }

  /// The value as 32-bit integers, if every element fits.
  package var asInt32s: [Int32]? {
    switch self {
    case .array(.int32s(let v)): v
    case .array(.uint32s(let v)): Self.narrow(v)
    case .array(.int64s(let v)): Self.narrow(v)
    case .array(.uint64s(let v)): Self.narrow(v)
    case .array(.int16s(let v)): v.map { Int32($0) }
    case .array(.uint16s(let v)): v.map { Int32($0) }
    case .array(.int8s(let v)): v.map { Int32($0) }
    case .array(.uint8s(let v)): v.map { Int32($0) }
    default: nil
    }
  }

  package var asBools: [Bool]? {
    if case .array(.bools(let v)) = self { v } else { nil }
  }

  private static func narrow<T: BinaryInteger>(_ values: [T]) -> [Int32]? {
    var result: [Int32] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let narrowed = Int32(exactly: value) else { return nil }
      result.append(narrowed)
    }
    return result
  }
}
