/// A value inside a checked text. Reading it cannot fail other than by being of another kind.
package struct JSONValue: Sendable {
  package enum Kind: String, Sendable { case object, array, string, number, bool, null }

  let bytes: [UInt8]
  package let start: Int
  package let end: Int

  package var kind: Kind {
    switch bytes[start] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  package var byteCount: Int { end - start }
  package var raw: ArraySlice<UInt8> { bytes[start..<end] }
  package var isNull: Bool { kind == .null }

  package var bool: Bool? { kind == .bool ? bytes[start] == UInt8(ascii: "t") : nil }

  /// A whole number that fits; `2.0` and `2e3` are not taken for one.
  package var int: Int? {
    guard kind == .number else { return nil }
    var value = 0
    var index = start
    let negative = bytes[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    while index < end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowed) = product.subtractingReportingOverflow(Int(digit))
      if overflow || overflowed { return nil }
      value = sum
      index += 1
    }
    if negative { return value }
    return value == .min ? nil : -value
  }

  /// Infinite beyond Double's range.
  package var double: Double? {
    kind == .number ? Double(String(decoding: raw, as: UTF8.self)) : nil
  }

  package var string: String? {
    guard kind == .string else { return nil }
    let body = bytes[(start + 1)..<(end - 1)]
    guard body.contains(UInt8(ascii: "\\")) else { return String(decoding: body, as: UTF8.self) }
    return String(decoding: unescaped(body), as: UTF8.self)
  }

  private func unescaped(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(body.count)
    var index = body.startIndex
    while index < body.endIndex {
      guard body[index] == UInt8(ascii: "\\") else {
        text.append(body[index])
        index += 1
        continue
      }
      let escape = body[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        var scalar = unit(body, at: index)
        index += 4
        if (0xD800...0xDBFF).contains(scalar) {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(body, at: index + 2) - 0xDC00)
          index += 6
        }
        text.append(contentsOf: Unicode.Scalar(scalar).map { Array(String($0).utf8) } ?? [])
      default: text.append(escape)
      }
    }
    return text
  }

  private func unit(_ body: ArraySlice<UInt8>, at index: Int) -> UInt32 {
    body[index..<(index + 4)].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) }
  }
}
