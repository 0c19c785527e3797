/// What a step model may use of the machine.
package struct StepModelOptions: Sendable, Equatable {
  /// Threads that compute, the caller's own included.
  package var threads: Int
  /// Tie each thread to a processor.
  package var pinThreads: Bool
  /// Ask the system for pages of 2 MB for the KV cache.
  package var hugePages: Bool
  package var kvPrecision: KVPrecision

  package init(
    threads: Int, pinThreads: Bool = false, hugePages: Bool = false,
    kvPrecision: KVPrecision = .f16
  ) {
    self.threads = threads
    self.pinThreads = pinThreads
    self.hugePages = hugePages
    self.kvPrecision = kvPrecision
  }
}
