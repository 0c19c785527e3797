internal import CKernels

/// Ties threads to processors, where the system can (Linux).
enum ThreadAffinity {
  /// Those that this process may use. Read once, before any thread is tied.
  static let processors: [Int32] = {
    var list = [Int32](repeating: 0, count: 1024)
    let count = ck_list_processors(&list, Int32(list.count))
    return Array(list.prefix(Int(count)))
  }()

  /// Ties the calling thread to the processor number `index`, counted around. False if the system
  /// cannot or refuses.
  @discardableResult
  static func pin(to index: Int) -> Bool {
    guard !processors.isEmpty else { return false }
    return ck_pin_thread(processors[index % processors.count]) == 0
  }
}
