#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The system's free memory in pieces of 2 MiB and more.
enum LargePages {
  private static let bytes = 2 << 20

  /// True when twice `bytes` are free in large pieces on every node, so that whoever fills so much
  /// memory with large pages does not wait until the system has moved others' memory. False where
  /// the system does not tell, and elsewhere than on Linux.
  static func areFree(_ bytes: Int) -> Bool {
    #if os(Linux)
      let descriptor = open("/proc/buddyinfo", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      let text = String(unsafeUninitializedCapacity: 16 << 10) { buffer in
        max(0, read(descriptor, buffer.baseAddress!, buffer.count))
      }
      return freeBytes(buddyinfo: text, pageBytes: Int(sysconf(Int32(_SC_PAGESIZE)))) / 2 >= bytes
    #else
      return false
    #endif
  }

  /// The least that any node has free in large pieces; 0 where a line is not understood.
  ///
  /// A line is "Node 0, zone Normal" and, from 0 on, how many pieces of 2ⁿ pages are free. The zone
  /// DMA is kept for devices.
  static func freeBytes(buddyinfo: String, pageBytes: Int) -> Int {
    var nodes: [Substring: Int] = [:]
    for line in buddyinfo.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 4, words[0] == "Node", words[2] == "zone" else { return 0 }
      guard words[3] != "DMA" else { continue }
      var free = 0
      for (order, word) in words.dropFirst(4).enumerated() {
        guard let count = Int(word), count >= 0, order < 32 else { return 0 }
        let (sum, overflow) = count.multipliedReportingOverflow(by: pageBytes << order)
        guard !overflow, sum <= .max - free else { return 0 }
        if pageBytes << order >= Self.bytes { free += sum }
      }
      nodes[words[1], default: 0] += free
    }
    return nodes.values.min() ?? 0
  }
}
