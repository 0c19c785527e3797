/// Cuts a server-sent event stream into the data of its events, however its bytes arrive.
/// Comments and fields other than `data` are dropped; a line may end in LF or CR LF.
package struct EventSplitter {
  /// A longer line or event is refused.
  static let maximumEventBytes = 4 << 20

  package struct TooLong: Error {}

  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false

  package init() {}

  /// The data of the events that `bytes` completes.
  package mutating func append(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        line.append(byte)
        if line.count > Self.maximumEventBytes { throw TooLong() }
        continue
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if let event = try endLine() { events.append(event) }
    }
    return events
  }

  /// An event that the stream's end cut off before its empty line.
  package mutating func finish() -> [UInt8]? {
    if !line.isEmpty { _ = try? endLine() }
    defer { (data, hasData) = ([], false) }
    return hasData ? data : nil
  }

  private mutating func endLine() throws(TooLong) -> [UInt8]? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty {
      defer { (data, hasData) = ([], false) }
      return hasData ? data : nil
    }
    let name = Array("data:".utf8)
    guard line.starts(with: name) else { return nil }
    if hasData { data.append(UInt8(ascii: "\n")) }
    hasData = true
    let value = line.dropFirst(name.count)
    data.append(contentsOf: value.first == UInt8(ascii: " ") ? value.dropFirst() : value)
    if data.count > Self.maximumEventBytes { throw TooLong() }
    return nil
  }
}
