/// A ZIP archive of stored (uncompressed) files: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and
/// 4.3.16. Enough for office documents, which any reader opens.
struct ZipArchive {
  private var body: [UInt8] = []
  private var directory: [UInt8] = []
  private var count: UInt16 = 0

  /// - Precondition: names are unique ASCII; the archive stays under 4 GB and 65,535 files.
  mutating func add(_ name: String, _ content: [UInt8]) {
    let offset = UInt32(body.count)
    let checksum = CRC32.of(content)
    var common: [UInt8] = []
    // Version 2.0, no flags, stored, 1980-01-01 00:00: the same content is the same file.
    for field in [20, 0, 0, 0, 0x21] as [UInt16] { common += Self.bytes(field) }
    common += Self.bytes(checksum) + Self.bytes(UInt32(content.count))
    common += Self.bytes(UInt32(content.count)) + Self.bytes(UInt16(name.utf8.count))
    common += Self.bytes(UInt16(0))
    body += Self.bytes(UInt32(0x0403_4b50)) + common + Array(name.utf8) + content
    directory += Self.bytes(UInt32(0x0201_4b50)) + Self.bytes(UInt16(20)) + common
    // Comment length, disk, internal attributes; external attributes; offset.
    for field in [0, 0, 0] as [UInt16] { directory += Self.bytes(field) }
    directory += Self.bytes(UInt32(0)) + Self.bytes(offset) + Array(name.utf8)
    count += 1
  }

  var data: [UInt8] {
    var end = Self.bytes(UInt32(0x0605_4b50)) + Self.bytes(UInt16(0)) + Self.bytes(UInt16(0))
    end += Self.bytes(count) + Self.bytes(count) + Self.bytes(UInt32(directory.count))
    end += Self.bytes(UInt32(body.count)) + Self.bytes(UInt16(0))
    return body + directory + end
  }

  private static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

/// The checksum of ZIP and PNG (ISO 3309; polynomial 0xEDB88320, reflected).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
    return ~value
  }
}
