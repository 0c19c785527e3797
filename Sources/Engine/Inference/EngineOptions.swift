import Foundation

/// The sizes of an engine. Every one has a default that works.
package struct EngineOptions: Sendable, Equatable {
  /// Threads that compute, the engine's own included.
  package var threads: Int
  /// The most sequences in one step.
  package var maximumSequences: Int
  /// The most tokens computed in one step.
  package var tokenBudget: Int
  /// How long a step in which sequences generate should take at most: prompts get what is left of
  /// it. Bounds the time between two tokens of a sequence, whatever the length of others' prompts.
  package var maximumStepMilliseconds: Double
  /// Pages of the KV cache; nil derives them from `kvBytes`.
  package var kvPages: Int?
  /// Bytes of the KV cache. A cache never holds more than `maximumSequences` full contexts.
  package var kvBytes: Int
  /// The most requests that wait for a place in the batch.
  package var maximumQueue: Int
  /// Keep pages of sequences for prompts that begin alike.
  package var prefixCache: Bool
  package var speculation: SpeculationOptions
  /// How the KV cache keeps its numbers.
  package var kvPrecision: KVPrecision
  /// Tie each thread to a processor: for a machine that serves nothing else.
  package var pinThreads: Bool
  /// Ask the system for pages of 2 MB for the KV cache.
  package var hugePages: Bool

  package init(
    threads: Int = max(1, ProcessInfo.processInfo.activeProcessorCount),
    maximumSequences: Int = 16, tokenBudget: Int = 480, maximumStepMilliseconds: Double = 50,
    kvPages: Int? = nil, kvBytes: Int = 512 << 20, maximumQueue: Int = 256,
    prefixCache: Bool = true, speculation: SpeculationOptions = SpeculationOptions(),
    kvPrecision: KVPrecision = .f16, pinThreads: Bool = false, hugePages: Bool = false
  ) {
    self.threads = threads
    self.maximumSequences = maximumSequences
    self.tokenBudget = tokenBudget
    self.maximumStepMilliseconds = maximumStepMilliseconds
    self.kvPages = kvPages
    self.kvBytes = kvBytes
    self.maximumQueue = maximumQueue
    self.prefixCache = prefixCache
    self.speculation = speculation
    self.kvPrecision = kvPrecision
    self.pinThreads = pinThreads
    self.hugePages = hugePages
  }
}

extension EngineOptions {
  var stepModel: StepModelOptions {
    StepModelOptions(
      threads: threads, pinThreads: pinThreads, hugePages: hugePages, kvPrecision: kvPrecision)
  }
}
